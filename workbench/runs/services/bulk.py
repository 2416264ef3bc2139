"""Many records at once: a list becomes one job, each row a run under the same rules as any other. For automated activities."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from policies.control_points.consent import BASES
from policies.failures import failure_in_words
from policies.models import Category, PromptVersion
from workbench.accounts.models import User
from workbench.privacy.models import DataKey, Erased
from workbench.runs import dispatch
from workbench.runs.models import Job, JobRow, JobState, Output, Run, State
from workbench.runs.notices import tell_job_ended
from workbench.runs.services.running import MAX_INPUT, RunRefused, cancel_run, require_permission_to_run

MAX_ROWS = 1_000
# A cell may hold a whole transcript; the library stops at 131,072 characters otherwise.
csv.field_size_limit(MAX_INPUT * 2)
# What a spreadsheet would take for a formula (OWASP, CSV Injection): at the beginning of a cell, and behind what another language's
# spreadsheet would split the cell at. An apostrophe in front makes it text; where one stands there already it gets another, so that taking one
# away gives back what was there.
_RUNS = (r"(?='*[=+\-@\t\r])", r"""(?=["'\s]*(?:[=@]|[+-]\S))""", r"""(?=["'\s]*[=@])""")
_FORMULA = re.compile(rf"\A{_RUNS[0]}|(?<=[;\t\r\n]){_RUNS[1]}|(?<=,){_RUNS[2]}")
_APOSTROPHE = re.compile(rf"\A'{_RUNS[0]}|(?<=[;\t\r\n])'{_RUNS[1]}|(?<=,)'{_RUNS[2]}")
#: What begins a column that the workbench added to a file; it is passed over when the file comes back.
_ADDED = "#"


def read_records(text: str, version: PromptVersion) -> list[dict[str, str]]:
    """The rows of a CSV file: a heading with the inputs of the prompt, by name or label, and one record per line.

    Comma, semicolon or tab; quotes as in RFC 4180. A file that the workbench wrote can be sent again: its own columns, which begin with #,
    are passed over, and apostrophes it put in front of formulas are taken away. Raises RunRefused with what is wrong and where.
    """
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000].partition("\n")[0], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True)
    wanted = {entry["name"]: entry for entry in version.inputs}
    labels = {entry["label"].strip().casefold(): name for name, entry in wanted.items()}
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        own = any(cell.startswith(_ADDED) for cell in heading)
        kept = [number for number, cell in enumerate(heading) if not cell.startswith(_ADDED)]
        width, heading = len(heading), [heading[number] for number in kept]
        names = [cell if cell in wanted else labels.get(cell.casefold(), "") for cell in heading]
        if missing := [entry["label"] for name, entry in wanted.items() if name not in names and entry.get("required")]:
            raise RunRefused({"file": _("The first line must name the columns. Not found: %s.") % ", ".join(missing)})
        if unknown := [cell for cell, name in zip(heading, names, strict=True) if not name]:
            raise RunRefused({"file": _("The prompt has no input for these columns: %s. Take them out of the file.") % ", ".join(unknown[:10])})  # fmt: skip
        rows = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                raise RunRefused({"file": _("Line %(line)d has %(found)d cells, the first line names %(wanted)d. Nothing was sent.") % {"line": reader.line_num, "found": len(cells), "wanted": width}})  # fmt: skip
            given = [_APOSTROPHE.sub("", cells[number]) if own else cells[number] for number in kept]
            rows.append(dict(zip(names, given, strict=True)))
            if len(rows) > MAX_ROWS:
                raise RunRefused({"file": _("More than %d records. Split the file.") % MAX_ROWS})
    except csv.Error as error:
        raise RunRefused({"file": _("Line %(line)d cannot be read as CSV (%(why)s). Nothing was sent.") % {"line": reader.line_num, "why": error}}) from None  # fmt: skip
    if len(set(names)) != len(names):
        raise RunRefused({"file": _("Two columns are the same input. Take one out.")})
    if not rows:
        raise RunRefused({"file": _("The file has no record below its first line.")})
    return rows


def start_job(
    *, actor: User, prompt_version: PromptVersion, records: Sequence[Mapping[str, str]], consent: str = ""
) -> Job:
    """Take a list of records for one automated prompt. The worker scrubs and sends them row by row; what cannot be sent says why.

    Raises RunDenied where the policy refuses, and RunRefused where the list is empty, too long, or the prompt is not automated.
    """
    decision = require_permission_to_run(
        actor=actor, activity=prompt_version.prompt.activity, prompt_version=prompt_version
    )
    if decision.category != Category.AUTOMATED:
        raise RunRefused({"file": _("Lists are for automated activities. Here a person looks at every draft, so ask one by one.")})  # fmt: skip
    if not 1 <= len(records) <= MAX_ROWS:
        raise RunRefused({"file": _("A list has 1 to %d records.") % MAX_ROWS})
    if any(len(str(value)) > MAX_INPUT for row in records for value in row.values()):
        raise RunRefused({"file": _("A cell is longer than %d characters. Nothing was sent.") % MAX_INPUT})
    with transaction.atomic():
        job = Job.objects.create(
            requester=actor, prompt_version=prompt_version, total=len(records), data_key=DataKey.make(),
            consent=consent if consent in BASES else "",
        )  # fmt: skip
        rows = []
        for number, values in enumerate(records, 1):
            row = JobRow(job=job, number=number, data_key=job.data_key)
            row.inputs = dict(values)
            rows.append(row)
        JobRow.objects.bulk_create(rows, batch_size=200)
        _log("job.started", job, actor, rows=job.total)
        dispatch.wake_job_on_commit(job.pk)
        return job


@transaction.atomic
def cancel_job(*, actor: User, job: Job) -> bool:
    """Stop a job: what was not sent stays here, what waits is cancelled, what is done stays. False when it had ended."""
    if job.requester_id != actor.pk:
        raise PermissionDenied(_("A list is stopped by the person who started it."))
    if not end_job(job, JobState.CANCELLED, actor):
        return False
    for run in Run.objects.filter(job=job, state__in=(State.QUEUED, State.RUNNING)):
        cancel_run(actor=actor, run=run)
    return True


def end_job(job: Job, state: str, actor: User | None = None) -> bool:
    """End an open job, once, and tell whoever started it."""
    if not Job.objects.filter(pk=job.pk, state=JobState.OPEN).update(
        state=state, finished_at=timezone.now(), lease_until=None
    ):
        return False
    _log("job.ended", job, actor, rows=job.total, state=state)
    if actor is None:
        tell_job_ended(job)
    return True


def job_counts(job: Job) -> dict[str, int]:
    """How far a job is: rows by the state of their run, ``refused`` without one, ``waiting`` not looked at yet. Two queries."""
    states = dict(Run.objects.filter(job=job).order_by().values_list("state").annotate(Count("id")))
    refused = JobRow.objects.filter(job=job).exclude(fault_sealed=None).count()
    counts = {
        "released": states.get(State.RELEASED, 0), "in_review": states.get(State.IN_REVIEW, 0),
        "under_way": states.get(State.QUEUED, 0) + states.get(State.RUNNING, 0), "refused": refused,
    }  # fmt: skip
    counts["failed"] = sum(states.values()) - counts["released"] - counts["in_review"] - counts["under_way"]
    counts["waiting"] = job.total - sum(states.values()) - refused
    counts["done"] = job.total - counts["waiting"] - counts["under_way"]
    return counts


def results_csv(job: Job) -> Iterator[str]:
    """What came of each row, in the order of the file: number, inputs, state, text once it is released."""
    return _csv(job, [_("state"), _("text")], failed=False)


def failures_csv(job: Job) -> Iterator[str]:
    """The rows that came to nothing, as they were given, and why: mend them and send the file again."""
    return _csv(job, [_("what happened")], failed=True)


def _csv(job: Job, more: list[str], *, failed: bool) -> Iterator[str]:
    # The byte order mark tells spreadsheets that this is UTF-8.
    names = [entry["name"] for entry in job.prompt_version.inputs]
    yield "\ufeff" + _line([_ADDED + _("row"), *names, *(_ADDED + name for name in more)])
    last = 0
    while rows := rows_after(job, last, 100):
        last = rows[-1].number
        for row in rows:
            why = why_failed(row)
            if failed != bool(why) and failed:
                continue
            try:
                given = [str(row.inputs.get(name, "")) for name in names]
                output: Output | None = getattr(row.run, "output", None) if row.run else None
                text = output.final or "" if output and row.run and row.run.state == State.RELEASED else ""
            except Erased:
                given, text = [_("erased")] * len(names), ""
            state = str(row.run.get_state_display()) if row.run else _("not sent")
            yield _line([str(row.number), *given, *([why] if failed else [state, text])])


def rows_after(job: Job, number: int, count: int) -> list[JobRow]:
    """The next rows behind a number, with their runs and outputs. One query."""
    rows = job.rows.select_related("data_key", "run__output__data_key").filter(number__gt=number)
    return list(rows[:count])


def why_failed(row: JobRow) -> str:
    """What happened to a row that came to nothing, in words; empty while something may come of it."""
    try:
        if row.fault:
            return str(row.fault)
    except Erased:
        return _("erased")
    if row.run is None:
        return (
            _("Not sent: the list was stopped before.")
            if row.job.state in {JobState.STOPPED, JobState.CANCELLED}
            else ""
        )
    if row.run.state == State.FAILED:
        return failure_in_words(row.run.failure)
    sentences = {
        State.BLOCKED: _("Something personal was about to leave. Nothing left."),
        State.DENIED: _("The policy changed while the row waited. Nothing left."),
        State.CANCELLED: _("Cancelled."),
        State.REJECTED: _("A reviewer rejected the draft."),
        State.EXPIRED: _("Nobody decided on the draft in time."),
    }
    return sentences.get(State(row.run.state), "")


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_FORMULA.sub("'", cell) for cell in cells])
    return out.getvalue()


def _log(action: str, job: Job, actor: User | None, **data: Any) -> None:
    record(
        action=action, actor=actor, object_type="job", object_id=job.pk, activity_id=job.prompt_version.prompt.activity_id,
        prompt_version_id=job.prompt_version_id, **data,
    )  # fmt: skip
