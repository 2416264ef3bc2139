"""What runs keep about a person; see ``workbench.accounts.record``."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workbench.accounts.models import User
from workbench.accounts.record import Part
from workbench.privacy.models import Erased
from workbench.runs.models import Case, Draft, Job, JobRow, Output, Plant, Review, ReviewKind, Run


def _readable(text: Callable[[], Any]) -> Any:
    """A sealed text, or that it was erased."""
    try:
        return text()
    except Erased:
        return gettext("erased")


def _outcome(plant: Plant) -> str:
    return gettext("seen") if plant.caught else gettext("missed")


def _given(row: JobRow) -> dict[str, Any]:
    return {"row": row.number, "inputs": _readable(lambda: row.inputs)}


def stored_about(user: User) -> Iterable[Part]:
    with_texts = (
        "activity",
        "prompt_version__prompt",
        "policy_version",
        "data_key",
        "output__data_key",
        "plant__data_key",
    )
    runs = Run.objects.filter(requester=user).select_related(*with_texts)

    def run_row(run: Run) -> dict[str, Any]:
        output: Output | None = getattr(run, "output", None)
        return {
            "id": run.pk, "state": run.state, "category": run.category, "activity": run.activity.name,
            "prompt": run.prompt_version.prompt.slug if run.prompt_version else None,
            "policy_version": run.policy_version.number if run.policy_version else None, "created": run.created_at, "finished": run.finished_at,
            "inputs": _readable(lambda: run.inputs), "left": _readable(lambda: run.outbound),
            "draft": _readable(lambda: output.draft) if output else None, "released": _readable(lambda: output.final) if output else None,
        }  # fmt: skip

    def review_row(review: Review) -> dict[str, Any]:
        return {
            "run": review.run_id, "kind": review.kind, "verdict": review.verdict, "at": review.decided_at, "seconds_open": review.seconds_open,
            "share_edited": review.share_edited, "reason": _readable(lambda: review.reason), "vouched": _readable(lambda: review.vouched),
        }  # fmt: skip

    reviews = Review.objects.select_related("run__activity", "data_key").order_by("-id")
    held = (
        Run.objects.filter(Q(claimed_by=user) | Q(person_of_record=user))
        .exclude(requester=user)
        .select_related("activity")
    )
    return (
        Part(
            "runs", _("My runs"), _("What you gave, what left, what came back. Reviewers see drafts; the texts are encrypted, each with a key of its own."),
            runs, lambda run: (run.created_at, f"{run.pk} · {run.activity.name} · {run.get_state_display()}"), run_row,
        ),
        Part(
            "typed", _("What I am typing"), _("Kept until you send or clear it. Only you see it."),
            Draft.objects.filter(requester=user).select_related("prompt_version__prompt", "data_key").order_by("-id"),
            lambda draft: (draft.updated_at, draft.prompt_version.prompt.title),
            lambda draft: {"prompt": draft.prompt_version.prompt.slug, "at": draft.updated_at, "inputs": _readable(lambda: draft.inputs)},
        ),
        Part(
            "jobs", _("My lists of records"), _("Only you see them."), Job.objects.filter(requester=user).select_related("prompt_version__prompt"),
            lambda job: (job.created_at, f"{job.pk} · {job.prompt_version.prompt.title} · {job.total}"),
            lambda job: {
                "id": job.pk, "prompt": job.prompt_version.prompt.slug, "state": job.state, "rows": job.total, "created": job.created_at,
                "given": [_given(row) for row in job.rows.select_related("data_key")],
            },
        ),
        Part(
            "reviews", _("My verdicts"), _("The person who asked sees yours on their draft, and the log holds it. Nobody adds them up by person."),
            reviews.filter(reviewer=user).exclude(kind=ReviewKind.NOTE),
            lambda review: (review.decided_at, f"{review.run_id} · {review.run.activity.name} · {review.get_verdict_display()}"), review_row,
        ),
        Part(
            "received", _("Verdicts on my drafts, and what I decided with a thinking aid"), _("You and whoever reviewed see them."),
            reviews.filter(requester=user), lambda review: (review.decided_at, f"{review.run_id} · {review.get_verdict_display()}"), review_row,
        ),
        Part(
            "planted", _("Planted errors in front of me"), _("Whether you saw them. Only you see this; leaders get one figure per policy, from five reviewers on."),
            Plant.objects.filter(reviewer=user).select_related("data_key").order_by("-decided_at", "-id"),
            lambda plant: (plant.decided_at, f"{plant.run_id} · {_outcome(plant)}"),
            lambda plant: {
                "run": plant.run_id, "kind": plant.kind, "caught": plant.caught, "verdict": plant.verdict, "at": plant.decided_at,
                "before": _readable(lambda: plant.content["before"]), "after": _readable(lambda: plant.content["after"]),
            },
        ),
        Part(
            "cases", _("Cases I opened"), _("Compliance sees them, and the log holds them."),
            Case.objects.filter(opened_by=user).select_related("run__activity", "data_key"),
            lambda case: (case.opened_at, f"{case.run_id} · {case.run.activity.name}"),
            lambda case: {"run": case.run_id, "opened": case.opened_at, "until": case.until, "closed": case.closed_at, "reason": _readable(lambda: case.reason)},
        ),
        Part(
            "answered_for", _("Drafts I hold or stand for"), _("As reviewer or as the accountable person."), held.order_by("-id"),
            lambda run: (run.created_at, f"{run.pk} · {run.activity.name}"), lambda run: {"run": run.pk, "activity": run.activity.name, "state": run.state},
        ),
    )  # fmt: skip
