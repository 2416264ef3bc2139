"""The sealed log: what an event costs its transaction, how fast it is sealed and verified, proofs and pages at 10³ and 10⁶ events."""

import json
import multiprocessing
import os
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.databases import installation, on_both

SIZES = (100, 10_000, int(os.environ.get("WORKBENCH_BENCH_EVENTS", "1000000")))
ROUNDS, WRITERS, SECONDS = 400, 8, 8


def main() -> dict[str, Any]:
    """Both databases, each in a process of its own."""
    rows = on_both("bench.seal")
    for row in rows:
        print(f"{row['database']:<12}{row['what']:<64}{row['value']:>14,.2f} {row['unit']}")
    return {"rows": rows}


def measure(name: str) -> list[dict[str, Any]]:
    with installation(name):
        return _measure(name)


def _measure(name: str) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from audit import exporting, notes, sealing, tree, verifying
    from audit.filters import Filters
    from audit.models import AuditEvent
    from audit.services import record
    from workbench.accounts.models import User
    from workbench.demo import services

    settings.WORKBENCH_SEAL_KEYS = str(notes.new_signer("bench.example/log"))
    call_command("migrate", verbosity=0)
    services.load()
    rows: list[dict[str, Any]] = []

    def add(what: str, value: float, unit: str) -> None:
        rows.append({"database": name, "what": what, "value": round(value, 3), "unit": unit})
        print(f"{name:<12}{what:<64}{value:>14,.2f} {unit}", file=sys.stderr, flush=True)

    # An act and its event, against the same act with a row of the same columns and indexes that nothing is built on.
    plain_event = _plain_model()
    with connection.schema_editor() as editor:
        editor.create_model(plain_event)
    actor = User.objects.get(username="jonas")

    def act(number: int) -> None:
        User.objects.filter(pk=actor.pk).update(last_name="Feld")

    def plain(number: int) -> None:
        with transaction.atomic():
            act(number)
            plain_event.objects.create(at=timezone.now(), **_event(number))

    def sealed(number: int) -> None:
        with transaction.atomic():
            act(number)
            event = _event(number)
            data = event.pop("data")
            event.pop("actor_id"), event.pop("actor_role"), event.pop("origin")
            record(actor=actor, **event, **data)

    times: dict[str, list[float]] = {"plain": [], "sealed": []}
    for number in range(ROUNDS + 20):
        for what, function in (("plain", plain), ("sealed", sealed)):
            begin = time.perf_counter()
            function(number)
            if number >= 20:
                times[what].append((time.perf_counter() - begin) * 1000)
    add("transaction with a plain insert, p50", statistics.median(times["plain"]), "ms")
    add("transaction with an event, p50", statistics.median(times["sealed"]), "ms")
    add("ratio", statistics.median(times["sealed"]) / statistics.median(times["plain"]), "x")

    for how in ("waits for its seal", "placed in the transaction"):
        count, errors, worst = _concurrently(how)
        add(f"{WRITERS} writers at once, {how}", count / SECONDS, "events/s")
        add(f"{WRITERS} writers at once, {how}: errors", errors, "")
        if how.startswith("waits"):
            add("longest wait for a place meanwhile", worst, "s")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS place_counter")
    sealing.seal()

    small: dict[str, float] = {}
    for size in SIZES:
        missing = size - AuditEvent.objects.count()
        if missing > 0:
            _fill(missing)
            begin = time.perf_counter()
            count = sealing.seal().count
            if count > 1000:
                add(f"sealing, {count:,} at once", count / (time.perf_counter() - begin), "events/s")
        sealing.make_checkpoint()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        begin = time.perf_counter()
        result = verifying.verify()
        seconds = time.perf_counter() - begin
        assert result.state == "passed", result.faults
        add(f"verifying everything, {result.size:,} events", result.size / seconds, "events/s")
        add(
            f"memory of the process so far, {result.size:,} events",
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "MB",
        )
        sealing.seal()
        took = []
        entries = tree.size()
        for number in range(30):
            begin = time.perf_counter()
            tree.StoredTree(entries).inclusion(number * (entries // 30))
            took.append((time.perf_counter() - begin) * 1000)
        add(f"proof for one event, {entries:,} events, p50", statistics.median(took), "ms")
        if size >= 10_000:
            client = Client(SERVER_NAME="127.0.0.1")
            client.force_login(User.objects.get(username="petra"), backend="django.contrib.auth.backends.ModelBackend")
            today = timezone.localdate()
            for label, path in PAGES:
                path = path.format(since=today - timedelta(days=29), until=today)
                took = []
                for _round in range(7):
                    begin = time.perf_counter()
                    answer = client.get(path)
                    took.append((time.perf_counter() - begin) * 1000)
                    assert answer.status_code == 200, (path, answer.status_code)
                with CaptureQueriesContext(connection) as asked:
                    client.get(path)
                add(f"page: {label}, {entries:,} events, p50", statistics.median(took), "ms")
                add(f"page: {label}: queries", len(asked), "")
                if label in small:
                    add(f"page: {label}: against 10,000", statistics.median(took) / small[label], "x")
                small.setdefault(label, statistics.median(took))
            begin, length = time.perf_counter(), 0
            export, checkpoint = exporting.begin(actor=User.objects.get(username="petra"), filters=Filters(quiet=True))
            for piece in exporting.stream(export, checkpoint, Filters(quiet=True)):
                length += len(piece)
            add(f"export of {export.done:,} events", time.perf_counter() - begin, "s")
            add("  size of the zip", length / 1e6, "MB")
            add("  memory of the process so far", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    return rows


PAGES: tuple[tuple[str, str], ...] = (
    ("log", "/audit/log/"), ("log, one run", "/audit/log/?run=77"), ("log, a person", "/audit/log/?person=3"), ("log, a seldom person", "/audit/log/?person=1"),
    ("log, outputs of an activity, 30 days", "/audit/log/?kind=outputs&activity=5&since={since}&until={until}"), ("log, edited by rule", "/audit/log/?verdict=by_rule"),
    ("log, a model", "/audit/log/?model=house"), ("log, a model nobody used", "/audit/log/?model=none"), ("log, a prompt version", "/audit/log/?prompt=7"),
    ("log, a category", "/audit/log/?category=automated"), ("one entry", "/audit/log/50/"), ("count", "/audit/log/count/"), ("seal", "/audit/seal/"), ("exports", "/audit/exports/?run=77"),
)  # fmt: skip


def _plain_model() -> Any:
    """The columns and indexes of an event under another name: no triggers, no checks, no place in a tree."""
    from django.db import models

    from audit.models import AuditEvent

    class Meta:
        app_label, db_table, managed = "audit", "plain_event", False
        indexes = [
            models.Index(fields=index.fields, name=index.name.replace("audit", "plain"))
            for index in AuditEvent._meta.indexes
        ]

    columns = {field.name: field.clone() for field in AuditEvent._meta.concrete_fields}
    return type("PlainEvent", (models.Model,), {**columns, "Meta": Meta, "__module__": __name__})


def _event(number: int) -> dict[str, Any]:
    return {
        "action": "run.edited", "origin": "person", "actor_id": 3, "actor_role": "reviewer", "object_type": "run", "object_id": str(number), "run_id": number,
        "activity_id": number % 24 + 1, "policy_version_id": number % 24 + 1, "prompt_version_id": number % 90 + 1, "category": "human_in_the_loop", "model": "house",
        "data": {"output_sha256": f"{number:064x}", "final_sha256": f"{number:064x}", "seconds_open": number % 600, "share_edited": number % 100 / 100, "vouched": 0},
    }  # fmt: skip


def _fill(count: int) -> None:
    """Many events, as fast as the database takes them; the triggers are those of every event."""
    import uuid

    from django.db import connection, transaction
    from django.utils import timezone

    from audit.models import AuditEvent

    fields = [field for field in AuditEvent._meta.concrete_fields if field.column != "id"]
    now = timezone.now()
    sql = f"INSERT INTO audit_auditevent ({', '.join(str(field.column) for field in fields)}) VALUES ({', '.join(['%s'] * len(fields))})"
    for start in range(0, count, 20_000):
        with transaction.atomic(), connection.cursor() as cursor:
            values = []
            for number in range(start, min(count, start + 20_000)):
                event = AuditEvent(
                    event_id=uuid.uuid4(), at=now - timedelta(seconds=(count - number) * 20), **_event(number)
                )
                values.append([field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields])
            cursor.executemany(sql, values)


def _concurrently(how: str) -> tuple[int, int, float]:
    """(events written, errors, longest wait) by several processes within the time; a sealer works meanwhile where one is needed."""
    from django.db import connection, connections

    from audit import sealing

    if how.startswith("placed"):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE place_counter (id integer PRIMARY KEY, next bigint)")
            cursor.execute("CREATE TABLE IF NOT EXISTS place_leaf (position bigint PRIMARY KEY, event_pk bigint)")
            cursor.execute("INSERT INTO place_counter VALUES (1, 0)")
    ended, worst = threading.Event(), [0.0]

    def keep() -> None:
        while not ended.wait(0.25):
            worst[0] = max(worst[0], sealing.oldest_unsealed_seconds())
            sealing.seal()
        connections.close_all()

    keeper = threading.Thread(target=keep)
    if how.startswith("waits"):
        keeper.start()
    connections.close_all()
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        results = pool.map(_write, [(how, number) for number in range(WRITERS)], chunksize=1)
    ended.set()
    if keeper.is_alive():
        keeper.join()
    return sum(count for count, _ in results), sum(errors for _, errors in results), worst[0]


def _write(task: tuple[str, int]) -> tuple[int, int]:
    """One writer: acts with an event for some seconds, in a process of its own."""
    how, writer = task
    import django

    django.setup()
    from django.db import Error, connection, transaction

    from audit.services import record

    insert: Callable[..., Any] = record
    count = errors = 0
    connection.ensure_connection()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            with transaction.atomic():
                event = insert(
                    action="keys.rotated",
                    object_type="data_key",
                    object_id=f"{writer}.{count}",
                    count=count,
                    key_id="bench",
                )
                if how.startswith("placed"):
                    with connection.cursor() as cursor:
                        cursor.execute("UPDATE place_counter SET next = next + 1 WHERE id = 1 RETURNING next")
                        (position,) = cursor.fetchone()
                        cursor.execute(
                            "INSERT INTO place_leaf (position, event_pk) VALUES (%s, %s)", [position, event.pk]
                        )
            count += 1
        except Error:
            errors += 1
    return count, errors


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
