"""The names of everything the log can hold. An action that is not listed here cannot be recorded.

Each action says in one sentence what happened (the page fills in ``{actor}``, ``{object}``, ``{run}`` and ``{activity}``)
and which keys its data may carry. Values are ids, hashes, counts, versions and code words; ``services.record`` refuses the rest.
"""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of event: its stable name, the icon and sentence of the page, and the data it may carry."""

    name: str
    icon: str
    sentence: str | Promise
    keys: frozenset[str] = field(default_factory=frozenset)


_ALL: tuple[tuple[str, str, Promise, tuple[str, ...]], ...] = (
    # people
    ("person.created", "person-plus", _("{actor} added {object}."), ("roles",)),
    ("person.changed", "person-gear", _("{actor} changed the entry of {object}."), ("fields",)),
    ("person.roles_changed", "person-gear", _("{actor} changed the roles of {object}."), ("before", "after")),
    ("person.signed_in", "box-arrow-in-right", _("{actor} signed in."), ("second_factor",)),
    ("person.signed_out", "box-arrow-right", _("{actor} signed out."), ()),
    ("person.sign_in_failed", "shield-exclamation", _("A sign-in failed."), ()),
    ("person.erased", "eraser", _("{actor} erased the record of a person who left."), ()),
    ("team.changed", "people", _("{actor} changed a team."), ("team_id", "manager_id")),
    ("token.created", "key", _("{actor} made an API token."), ("token_id",)),
    ("token.revoked", "key", _("{actor} revoked an API token."), ("token_id",)),
    ("absence.recorded", "calendar-event", _("{actor} said when they are away and who stands in."), ("cover_id", "begins", "ends")),
    ("absence.removed", "calendar-x", _("{actor} took an absence back."), ()),
    ("qualification.granted", "mortarboard", _("{actor} granted {object} a qualification."), ("qualification", "expires_on", "renewed")),
    ("qualification.earned", "mortarboard", _("{actor} earned a qualification."), ("qualification", "expires_on", "renewed")),
    ("path.finished", "award", _("{actor} finished a learning path."), ("path_id", "language")),
    ("exercise.published", "mortarboard", _("{actor} published version {version} of an exercise."), ("version", "sha256")),
    ("exercises.adopted", "mortarboard", _("{actor} took over starter exercises."), ("count",)),
    ("exercise.retired", "archive", _("{actor} took an exercise away."), ()),
    ("assignment.made", "calendar-check", _("{actor} assigned a learning path."), ("path_id", "language", "due", "people", "roles", "team_ids")),
    ("assignment.ended", "calendar-x", _("{actor} ended the assignment of a learning path."), ("assigned", "complete")),
    ("coaching.noted", "journal-check", _("An entry of the coaching log was noted."), ()),
    ("coaching.done", "journal-check", _("What an entry of the coaching log says was agreed was marked as done."), ()),
    ("coaching.taken_back", "journal-check", _("An entry of the coaching log was taken back."), ()),
    ("literacy.exported", "download", _("{actor} took along the evidence of AI literacy."), ("format", "assignments", "completions", "people")),
    ("qualification.revoked", "mortarboard", _("{actor} took a qualification of {object} back."), ("qualification",)),
    ("fundamentals.adopted", "bricks", _("{actor} took over starter fundamentals."), ("count",)),
    ("fundamental.changed", "bricks", _("{actor} changed how a fundamental is described."), ("fields", "new")),
    ("fundamental.retired", "archive", _("{actor} took a fundamental away."), ()),
    ("fundamental.restored", "arrow-counterclockwise", _("{actor} took a fundamental up again."), ()),
    ("fundamental.assessed", "bricks", _("{actor} assessed a fundamental in a team."), ("team_id", "level", "looked_on")),
    ("worksheet.begun", "clipboard", _("{actor} began a worksheet for {activity}."), ("form", "copy_of")),
    ("worksheet.finished", "clipboard-check", _("{actor} finished a worksheet for {activity}."), ("form",)),
    ("worksheet.shared", "share", _("{actor} shared a worksheet for {activity} with a team."), ("form", "team_id")),
    ("worksheet.taken_back", "lock", _("{actor} took back that a team may read a worksheet for {activity}."), ("form", "team_id")),
    ("worksheet.thrown_away", "trash", _("{actor} threw an open worksheet for {activity} away."), ("form",)),
    # policies
    ("stages.changed", "kanban", _("{actor} changed the stages of the sales process."), ("count", "removed")),
    ("activity.created", "plus-circle", _("{actor} added the activity {activity}."), ()),
    ("activity.changed", "pencil", _("{actor} changed how {activity} is described."), ("fields",)),
    ("activity.retired", "archive", _("{actor} took {activity} off the map."), ()),
    ("activity.restored", "arrow-counterclockwise", _("{actor} took {activity} up again."), ()),
    ("map.imported", "upload", _("{actor} imported the map from a file."), ("file_sha256", "stages", "activities", "policies", "tools", "prompts")),
    ("goal.measured", "bullseye", _("{actor} entered a figure for a goal of {activity}."), ("value", "on")),
    ("use.reported", "chat-left-text", _("Somebody told of AI used outside the workbench."), ("anonymous",)),
    ("use.decided", "check2-square", _("{actor} decided about a report of AI used outside the workbench."), ("outcome",)),
    ("policy.in_force", "shield-check", _("{actor} put policy v{version} for {activity} in force."), ("version", "before", "suggested", "control_points", "accountable_id", "tool_id")),
    ("policy.overridden", "bricks", _("{actor} decided on policy v{version} for {activity} although fundamentals it asks for were not in place."), ("version", "fundamentals", "override_id")),
    ("policy.held_back", "pause-circle", _("Policy v{version} for {activity} did not take effect: a fundamental it asks for was not in place any more."), ("version", "fundamentals")),
    ("policy.scheduled", "calendar-event", _("{actor} decided on policy v{version} for {activity}, to take effect later."), ("version", "before", "suggested", "control_points", "accountable_id", "tool_id", "effective_at")),
    ("policy.withdrawn", "calendar-x", _("{actor} took back policy v{version} for {activity} before it took effect."), ("version",)),
    ("policy.took_effect", "shield-check", _("Policy v{version} for {activity} took effect."), ("version", "before")),
    ("policy.suspended", "pause-circle-fill", _("Policy v{version} for {activity} was suspended."), ("version", "rejects", "samples", "limit")),
    ("prompt.approved", "journal-check", _("{actor} approved prompt v{version} for {activity}."), ("version", "author_id")),
    ("prompt.declined", "journal-x", _("{actor} declined prompt v{version} for {activity}."), ("version", "author_id")),
    ("prompt.retired", "journal-minus", _("{actor} retired a prompt for {activity}."), ("version", "successor_id")),
    ("prompt.tested", "clipboard-check", _("{actor} tested prompt v{version} for {activity} on its examples."), ("version", "passed", "total", "code")),
    ("tool.added", "plug", _("{actor} added a tool."), ("tool_id", "enabled", "fields", "key_changed")),
    ("tool.changed", "plug", _("{actor} changed a tool."), ("tool_id", "enabled", "fields", "key_changed")),
    ("tool.probed", "plug", _("{actor} tested the connection to a tool."), ("tool_id",)),
    ("scrubbing.pattern_added", "eye-slash", _("{actor} added a pattern of the house to scrubbing."), ("pattern_sha256",)),
    ("scrubbing.pattern_removed", "eye", _("{actor} removed a pattern of the house from scrubbing."), ()),
    ("scrubbing.word_added", "eye", _("{actor} let a word of the house stay readable."), ()),
    ("scrubbing.word_removed", "eye-slash", _("{actor} took a word of the house off the list that stays readable."), ()),
    # runs
    ("run.denied", "slash-circle", _("A call by {actor} for {activity} was refused."), ("reasons",)),
    ("run.previewed", "eye", _("{actor} looked at what would leave for {activity}."), ("findings", "rules", "marked", "unmarked", "payload_sha256", "parts")),
    ("run.queued", "send", _("{actor} sent run {run} for {activity}."), ("findings", "rules", "marked", "unmarked", "payload_sha256", "parts", "tool_id", "consent", "retry_of", "follows", "job_id", "token_id")),
    ("run.started", "play-circle", _("Run {run} left for the model."), ("attempt", "payload_sha256")),
    ("run.retried", "arrow-repeat", _("Run {run} waits for another attempt."), ("attempt", "code")),
    ("run.blocked", "shield-exclamation", _("Run {run} was blocked: something personal was about to leave."), ("placeholders",)),
    ("run.failed", "exclamation-octagon", _("Run {run} failed."), ("code", "attempt", "raw_sha256", "output_sha256", "input_tokens", "output_tokens")),
    ("run.cancelled", "dash-circle", _("{actor} cancelled run {run}."), ()),
    ("run.expired", "clock-history", _("Nobody decided on run {run} in time; it was not released."), ("hours",)),
    ("run.escalated", "arrow-up-circle", _("Nobody decided on run {run} in time; the team's manager may now."), ("hours",)),
    ("run.answered", "chat-left-quote", _("Run {run} answered. It is a thinking aid, not a deliverable."), ("raw_sha256", "output_sha256", "checks", "missing", "unexpected", "input_tokens", "output_tokens", "calls")),
    ("run.drafted", "file-earmark-text", _("Run {run} drafted for {activity} and waits for review."), ("raw_sha256", "output_sha256", "checks", "missing", "unexpected", "input_tokens", "output_tokens", "calls")),
    ("run.released_by_rule", "check-circle", _("Run {run} for {activity} was released under rules."), ("raw_sha256", "output_sha256", "checks", "missing", "unexpected", "input_tokens", "output_tokens", "calls", "accountable_id", "sampled")),
    ("run.approved", "check-circle-fill", _("{actor} approved the draft of run {run} for {activity}."), ("output_sha256", "final_sha256", "seconds_open", "vouched")),
    ("run.edited", "pencil-square", _("{actor} edited and approved the draft of run {run} for {activity}."), ("output_sha256", "final_sha256", "seconds_open", "share_edited", "vouched")),
    ("run.rejected", "x-circle", _("{actor} rejected the draft of run {run} for {activity}."), ("output_sha256", "seconds_open")),
    ("run.sample_approved", "shuffle", _("{actor} reviewed a sample of {activity}, run {run}, and found it right."), ("output_sha256", "seconds_open")),
    ("run.sample_rejected", "shuffle", _("{actor} reviewed a sample of {activity}, run {run}, and rejected it."), ("output_sha256", "seconds_open")),
    ("run.handed_over", "person-check", _("{actor} handed run {run} for {activity} over to another reviewer."), ("to_id",)),
    ("run.error_revealed", "bullseye", _("The draft of run {run} had carried a planted error for its first reviewer; it was revealed. The draft itself is untouched."), ("kind",)),
    ("case.opened", "folder2-open", _("{actor} opened a case to read the contents of run {run}."), ("case", "until")),
    ("case.closed", "folder2-open", _("{actor} closed the case on run {run}."), ("case",)),
    ("run.noted", "pencil", _("{actor} wrote down what they decided after run {run}."), ("note_sha256",)),
    ("job.started", "layers", _("{actor} sent a list of records for {activity}."), ("rows",)),
    ("job.ended", "layers", _("A list of records for {activity} ended."), ("rows", "state")),
    # the seal
    ("checkpoint.made", "patch-check", _("A checkpoint sealed the entries up to there."), ("size", "root", "key")),
    ("seal.keys_changed", "key", _("{actor} changed the keys that sign checkpoints."), ("key", "fingerprint")),
    ("log.verified", "patch-check", _("The whole log was verified."), ("size", "passed", "faults", "first", "what")),
    ("log.viewed", "eye", _("{actor} looked at the log."), ("filters",)),
    ("log.exported", "upload", _("{actor} exported entries of the log."), ("filters", "count", "size", "export")),
    ("log.entries_removed", "hourglass-bottom", _("{actor} confirmed that entries of the log that were kept long enough are removed."), ("ranges", "size", "count", "signed_before", "asked_by_id")),
    # privacy
    ("keys.rotated", "key", _("The data keys were wrapped anew."), ("count", "key_id")),
    ("subject.searched", "search", _("{actor} looked for a person in the records."), ("records",)),
    ("subject.erased", "eraser", _("{actor} erased a person from the records."), ("count", "held", "request")),
    ("subject.disclosed", "file-earmark-text", _("{actor} took along what the records hold about a person."), ("count", "request")),
    ("hold.placed", "lock", _("{actor} placed records under a legal hold."), ("count", "hold")),
    ("hold.lifted", "unlock", _("{actor} lifted a legal hold."), ("hold",)),
    ("retention.changed", "hourglass-split", _("{actor} changed how long records are kept."), ("kind", "months", "before")),
    ("removal.asked", "hourglass-split", _("{actor} asked that what was kept long enough is removed."), ("kind", "count", "held", "request")),
    ("removal.confirmed", "hourglass-bottom", _("{actor} confirmed that what was kept long enough is removed."), ("kind", "count", "held", "request", "asked_by_id")),
    ("removal.withdrawn", "hourglass", _("{actor} withdrew that records are removed."), ("kind", "request")),
    ("record.expired", "eraser", _("Texts of runs were erased because their time was over."), ("count", "request")),
    ("record.erased_again", "eraser", _("Records that a backup had brought back were erased again."), ("count",)),
)  # fmt: skip

ACTIONS: dict[str, Action] = {
    name: Action(name, icon, sentence, frozenset(keys)) for name, icon, sentence, keys in _ALL
}
