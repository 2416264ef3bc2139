"""Entries of the log as a zip that anybody can check without us.

The zip is made while it is sent: nothing is kept here, and memory stays the same for ten entries and for a million. What it
holds is written down in ``audit/handout/README.txt``, which is in it too.
"""

import base64
import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import keys, notes, retention, sealing
from audit.canonical import COLUMNS, canonical_at, columns_sql, event_bytes
from audit.codes import as_codes
from audit.filters import Filters
from audit.models import Anchor, AuditEvent, Checkpoint, Export, ExportState, Tile
from audit.querysets import numbers
from audit.reading import Told, quotes
from audit.services import record

BATCH = 2000
LOST_AFTER = timedelta(minutes=1)
"""An export that did not move for so long was broken off together with its process."""
_HANDOUT = Path(__file__).parent / "handout"
_WIDTH = Tile.WIDTH
#: Columns of records.csv that repeat the sealed event; ``verify.py`` compares them.
SEALED = (
    "entry", "position", "at", "action", "initiated_by", "actor_id", "actor_role", "object_type", "object_id", "run_id", "activity_id",
    "category", "policy_version_id", "prompt_version_id", "model", "event_id", "data",
)  # fmt: skip
#: Columns looked up in the live records: they say what the numbers mean, and are empty or “erased” where the record is gone.
LOOKED_UP = (
    "actor", "activity", "policy_version", "prompt", "prompt_version", "redactions", "verdict", "reviewer_id", "reviewer", "reason", "seconds_open",
    "share_edited", "input_sha256", "draft_sha256", "final_sha256", "answered_by_model",
)  # fmt: skip
_FORMULA = frozenset("=+-@\t\r")
_encode = json.JSONEncoder(ensure_ascii=False).encode
_VERDICT = {
    "run.approved": "approved", "run.edited": "edited", "run.rejected": "rejected", "run.released_by_rule": "released_by_rule",
    "run.expired": "expired", "run.sample_approved": "sample_approved", "run.sample_rejected": "sample_rejected",
}  # fmt: skip


@dataclass(slots=True)
class _Names:
    """Names of people, activities, policy and prompt versions, looked up once for each number."""

    people: dict[int, str] = field(default_factory=dict)
    activities: dict[int, str] = field(default_factory=dict)
    policies: dict[int, str] = field(default_factory=dict)
    prompts: dict[int, tuple[str, str]] = field(default_factory=dict)

    def learn(self, people: set[int], activities: set[int], policies: set[int], prompts: set[int]) -> None:
        erased = _("erased")
        if new := people - self.people.keys():
            self.people |= dict.fromkeys(new, erased)
            self.people |= {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=new)}
        if new := activities - self.activities.keys():
            found = apps.get_model("policies.Activity").objects.filter(pk__in=new)
            self.activities |= dict.fromkeys(new, "") | {row.pk: str(row) for row in found}
        if new := policies - self.policies.keys():
            versions = apps.get_model("policies.PolicyVersion").objects.filter(pk__in=new)
            self.policies |= dict.fromkeys(new, "") | {
                pk: str(number) for pk, number in versions.values_list("pk", "number")
            }
        if new := prompts - self.prompts.keys():
            rows = apps.get_model("policies.PromptVersion").objects.filter(pk__in=new)
            named = {pk: (slug, str(number)) for pk, slug, number in rows.values_list("pk", "prompt__slug", "number")}
            self.prompts |= dict.fromkeys(new, ("", "")) | named


@transaction.atomic
def begin(*, actor: Any, filters: Filters) -> tuple[Export, Checkpoint]:
    """Count what is asked for, seal it, and record that it is taken along. ``stream`` then makes the file.

    Raises ImproperlyConfigured without a seal key.
    """
    checkpoint = sealing.make_checkpoint(actor=actor)
    count = sealed(filters, checkpoint).count()
    export = Export.objects.create(
        by_id=actor.pk, at=timezone.now(), filters=filters.codes(), count=count, size=checkpoint.size
    )
    record(
        action="log.exported", actor=actor, object_type="export", object_id=export.pk, filters=as_codes(filters.codes()), count=count,
        size=checkpoint.size, export=export.pk,
    )  # fmt: skip
    return export, checkpoint


def sealed(filters: Filters, checkpoint: Checkpoint) -> Any:
    """The events asked for that the checkpoint covers."""
    events = filters.apply(AuditEvent.objects.order_by())
    if filters.upto is None:
        events = events.filter(pk__lte=newest_under(checkpoint))
    return events


def newest_under(checkpoint: Checkpoint) -> int:
    """The highest number among the last entries that a checkpoint covers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(event_pk) FROM (SELECT event_pk FROM audit_leaf WHERE position < %s ORDER BY position DESC LIMIT 5000) AS last",
            [checkpoint.size],
        )
        return int(cursor.fetchone()[0] or 0)


def stream(export: Export, checkpoint: Checkpoint, filters: Filters) -> Iterator[bytes]:
    """The zip, piece by piece. ``export.done`` tells how far it is; an export that nobody takes to the end stays “broken off”."""
    try:
        yield from _Zip(export, checkpoint, filters).pieces()
        export.state = ExportState.DONE
    finally:
        if export.state != ExportState.DONE:
            export.state = ExportState.BROKEN
        export.save()


class _Sink(io.RawIOBase):
    """What the zip writes, until it is handed on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece))
        self.length += len(piece)
        return len(piece)

    def take(self) -> bytes:
        taken, self.pieces, self.length = b"".join(self.pieces), [], 0
        return taken


class _Zip:
    """One export under way."""

    def __init__(self, export: Export, checkpoint: Checkpoint, filters: Filters) -> None:
        self.export, self.checkpoint, self.filters = export, checkpoint, filters
        self.sink, self.names = _Sink(), _Names()
        self.digests: dict[str, str] = {}
        self.tiles: set[int] = set()
        self.today = timezone.localtime(export.at).timetuple()[:6]

    def pieces(self) -> Iterator[bytes]:
        with (
            tempfile.TemporaryFile() as rows,
            zipfile.ZipFile(self.sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            yield from self._records(archive, rows)
            rows.seek(0)
            yield from self._file(archive, "records.csv", iter(lambda: rows.read(1 << 18), b""))
            yield from self._file(archive, "tree.txt", self._tree())
            ring = keys.current()
            for name, text in (
                ("checkpoint", self.checkpoint.note),
                ("keys.txt", "".join(f"{key}\n" for key in ring.verifiers)),
                ("anchors.csv", self._anchors()),
                ("export.json", self._about()),
                ("README.txt", (_HANDOUT / "README.txt").read_text(encoding="utf-8")),
                ("verify.py", (_HANDOUT / "verify.py").read_text(encoding="utf-8")),
            ):
                yield from self._file(archive, name, iter((text.encode(),)))
            manifest = [f"sales-ai-workbench export of {ring.origin}", f"{self.export.done}  records"]
            manifest += [f"{digest}  {name}" for name, digest in sorted(self.digests.items())]
            note = notes.sign("\n".join(manifest) + "\n", *ring.signers)
            self.export.manifest_sha256 = hashlib.sha256(note.encode()).hexdigest()
            yield from self._file(archive, "manifest", iter((note.encode(),)))
        yield self.sink.take()

    def _file(self, archive: zipfile.ZipFile, name: str, content: Iterable[bytes]) -> Iterator[bytes]:
        """Write one file, handing pieces on as they come."""
        digest = hashlib.sha256()
        info = zipfile.ZipInfo(name, date_time=self.today)
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        with archive.open(info, "w", force_zip64=True) as target:
            for piece in content:
                digest.update(piece)
                target.write(piece)
                if self.sink.length > 1 << 16:
                    yield self.sink.take()
        self.digests[name] = digest.hexdigest()
        yield self.sink.take()

    def _records(self, archive: zipfile.ZipFile, rows: Any) -> Iterator[bytes]:
        """records.jsonl as it goes out; records.csv beside it into a file without a name, because a zip takes one file at a time."""
        table = io.TextIOWrapper(rows, encoding="utf-8-sig", errors="replace", newline="")
        writer = csv.writer(table)
        writer.writerow([*SEALED, *LOOKED_UP])

        def lines() -> Iterator[bytes]:
            for batch in self._batches():
                written = []
                for row, position, read in batch:
                    event = event_bytes(row).decode("utf-8", "surrogateescape")
                    written.append(
                        f'{{"entry":{row[0]},"position":{position},"event":{event},"read":{_encode(read)}}}\n'
                    )
                    writer.writerow(_csv_row(row, position, read))
                    self.tiles.add(position // _WIDTH)
                self.export.done += len(batch)
                yield "".join(written).encode("utf-8", "surrogateescape")
                Export.objects.filter(pk=self.export.pk).update(done=self.export.done, touched_at=timezone.now())

        yield from self._file(archive, "records.jsonl", lines())
        table.flush()
        table.detach()

    def _batches(self) -> Iterator[list[tuple[tuple[Any, ...], int, dict[str, Any]]]]:
        wanted, after = sealed(self.filters, self.checkpoint).order_by("pk").values_list("pk"), 0
        while rows := _rows(wanted.filter(pk__gt=after)[:BATCH]):
            after = rows[-1][0]
            # The newest entries may wait for their place, or have got one behind the checkpoint.
            covered = [row for row in rows if row[-1] is not None and row[-1] < self.checkpoint.size]
            reads = self._look_up([row[:-1] for row in covered])
            yield [(row[:-1], row[-1], read) for row, read in zip(covered, reads, strict=True)]

    def _look_up(self, rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """What the numbers of each event mean, and what else the log tells of its run."""
        runs = _facts({row[9] for row in rows if row[9] is not None})
        reviewers = {facts["reviewer_id"] for facts in runs.values() if "reviewer_id" in facts}
        self.names.learn(
            {row[5] for row in rows if row[5] is not None} | reviewers, {row[10] for row in rows if row[10] is not None},
            {row[11] for row in rows if row[11] is not None}, {row[12] for row in rows if row[12] is not None},
        )  # fmt: skip
        verdicts = [Told(row[0], row[3], row[9], row[11], json.loads(row[15])) for row in rows if row[3] in _WITH_TEXT]
        texts = quotes(verdicts) if verdicts else {}
        reads = []
        for row in rows:
            facts = runs.get(row[9], {})
            read: dict[str, Any] = {
                "actor": self.names.people.get(row[5], "") if row[5] is not None else "",
                "activity": self.names.activities.get(row[10], ""),
                "policy_version": self.names.policies.get(row[11], ""),
                **dict(zip(("prompt", "prompt_version"), self.names.prompts.get(row[12], ("", "")), strict=True)),
                **facts,
            }
            if "reviewer_id" in facts:
                read["reviewer"] = self.names.people.get(facts["reviewer_id"], "")
            if row[0] in texts:
                text = texts[row[0]]
                read["reason"] = _("erased") if text is None else text
            reads.append({name: value for name, value in read.items() if value not in ("", None)})
        return reads

    def _tree(self) -> Iterator[bytes]:
        """The tiles over every record, and those at the right edge of the tree: enough to compute the root anew."""
        level, count, numbers = 0, self.checkpoint.size, self.tiles
        while count:
            whole = count // _WIDTH
            numbers = numbers | ({whole} if count % _WIDTH else set())
            ordered = sorted(numbers)
            for start in range(0, len(ordered), 200):
                part = ordered[start : start + 200]
                tiles = (
                    Tile.objects.filter(level=level, number__in=part).order_by("number").values_list("number", "hashes")
                )
                text = []
                for number, hashes in tiles:
                    width = min(_WIDTH, count - number * _WIDTH)
                    text.append(f"{level} {number} {base64.b64encode(bytes(hashes)[: width * 32]).decode()}\n")
                yield "".join(text).encode()
            level, count, numbers = level + 1, whole, {number // _WIDTH for number in ordered if number < whole}

    def _anchors(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("place", "entries", "at", "answer"))
        for anchor in Anchor.objects.filter(size__lte=self.checkpoint.size)[:200]:
            writer.writerow(
                [harmless(str(cell)) for cell in (anchor.place, anchor.size, anchor.at.isoformat(), anchor.receipt)]
            )
        return out.getvalue()

    def _about(self) -> str:
        ring = keys.current()
        about = {
            "log": ring.origin, "organisation": settings.WORKBENCH_ORG_NAME, "export": self.export.pk, "made_at": self.export.at.isoformat(),
            "made_by_id": self.export.by_id, "filters": self.export.filters, "records": self.export.done, "entries_in_the_tree": self.checkpoint.size,
            "fingerprint": ring.active.fingerprint,
        }  # fmt: skip
        if gone := retention.newest():
            about["removed_when_their_time_was_over"] = {"entry": gone.entry, "places": gone.ranges, "signed_before": gone.before.isoformat()}  # fmt: skip
        return json.dumps(about, indent=2, ensure_ascii=False) + "\n"


_TELLS = frozenset({*_VERDICT, "run.queued", "run.drafted", "run.answered"})
"""Acts with hashes, counts and times in their data that describe the whole run."""
_WITH_TEXT = frozenset({*_VERDICT, "policy.in_force", "policy.overridden", "policy.scheduled", "run.denied"})


def _rows(wanted: "QuerySet[AuditEvent, Any]") -> list[tuple[Any, ...]]:
    """The events whose numbers ``wanted`` gives, by number, each with its place or None: one query."""
    sql, parameters = wanted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH wanted(id) AS MATERIALIZED ({sql}) SELECT {columns_sql(connection.vendor, 'e')}, l.position FROM wanted w "  # noqa: S608
            "JOIN audit_auditevent e ON e.id = w.id LEFT JOIN audit_leaf l ON l.event_pk = e.id ORDER BY e.id",
            parameters,
        )
        return list(cursor.fetchall())


def _facts(run_ids: set[int]) -> dict[int | None, dict[str, Any]]:
    """What the log tells of each run as a whole: redactions, verdict, reviewer, hashes. One query."""
    facts: dict[int | None, dict[str, Any]] = defaultdict(dict)
    if not run_ids:
        return facts
    among = numbers(run_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT run_id, action, actor_id, model, data FROM audit_auditevent WHERE run_id IN ({among.sql}) ORDER BY id", among.params)  # noqa: S608  # fmt: skip
        events = cursor.fetchall()
    for run_id, action, actor_id, model, text in events:
        data = json.loads(text) if action in _TELLS else {}
        run = facts[run_id]
        if action == "run.queued":
            run["redactions"] = data.get("findings") or {}
            run["input_sha256"] = data.get("payload_sha256", "")
        if model:
            run["answered_by_model"] = model
        if "output_sha256" in data:
            run["draft_sha256"] = data["output_sha256"]
        if verdict := _VERDICT.get(action):
            run["verdict"] = verdict
            if actor_id is not None:
                run["reviewer_id"] = actor_id
            run |= {name: data[name] for name in ("seconds_open", "share_edited", "final_sha256") if name in data}
            if action in {"run.approved", "run.released_by_rule"}:
                run.setdefault("final_sha256", data.get("output_sha256", ""))
    return facts


_BEHIND = itemgetter(*(COLUMNS.index({"initiated_by": "origin"}.get(name, name)) for name in SEALED[3:]))


def _csv_row(row: tuple[Any, ...], position: int, read: dict[str, Any]) -> list[Any]:
    cells = [row[0], position, canonical_at(row[2]), *_BEHIND(row), *map(read.get, LOOKED_UP)]
    if (counts := read.get("redactions")) is not None:
        cells[len(SEALED) + LOOKED_UP.index("redactions")] = ", ".join(f"{key} {n}" for key, n in sorted(counts.items()))  # fmt: skip
    # ``harmless`` for a million rows, of which most cells are no text.
    return [f"'{cell}" if cell.__class__ is str and cell[:1] in _FORMULA else cell for cell in cells]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell
