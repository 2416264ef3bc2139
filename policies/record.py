"""What policies keep about a person; see ``workbench.accounts.record``."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies.models import (
    AllowedWord,
    IdentifierPattern,
    Measurement,
    PolicyOverride,
    PolicyVersion,
    Prompt,
    PromptTest,
    PromptVersion,
    UseReport,
)
from workbench.accounts.models import User
from workbench.accounts.record import Part


def _part(user: User, who: tuple[tuple[str, int | None], ...]) -> list[str]:
    return [name for name, person_id in who if person_id == user.pk]


def stored_about(user: User) -> Iterable[Part]:
    decided = PolicyVersion.objects.filter(Q(decided_by=user) | Q(ended_by=user) | Q(accountable=user)).select_related(
        "activity"
    )
    prompts = PromptVersion.objects.filter(Q(author=user) | Q(approved_by=user) | Q(declined_by=user)).select_related(
        "prompt"
    )
    reports = UseReport.objects.filter(Q(reported_by=user) | Q(decided_by=user))
    return (
        Part(
            "policies", _("Policies I decided or answer for"), _("Everybody sees who is responsible; it is what a policy is for."),
            decided.order_by("-id"), lambda row: (row.in_force_at or row.created_at, str(row)),
            lambda row: {
                "policy": str(row), "state": row.state, "category": row.category, "rationale": row.rationale if row.decided_by_id == user.pk else None,
                "as": _part(user, (("decided", row.decided_by_id), ("ended", row.ended_by_id), ("accountable", row.accountable_id))),
                "in_force": row.in_force_at, "ended": row.ended_at,
            },
        ),
        Part(
            "overrides", _("Policies I put in force without a fundamental"), _("Everybody sees who decided so, and why."),
            PolicyOverride.objects.filter(by=user).select_related("policy_version__activity", "data_key").order_by("-id"),
            lambda row: (row.at, str(row.policy_version)),
            lambda row: {"policy": str(row.policy_version), "at": row.at, "fundamentals": row.fundamentals, "reason": "erased" if row.why is None else row.why},
        ),
        Part(
            "prompts", _("Prompts I wrote or decided on"), _("Everybody sees the author and who approved."), prompts.order_by("-id"),
            lambda row: (row.created_at, f"{row.prompt.title} v{row.number}"),
            lambda row: {
                "prompt": row.prompt.slug, "version": row.number, "state": row.state, "created": row.created_at,
                "as": _part(user, (("author", row.author_id), ("approved", row.approved_by_id), ("declined", row.declined_by_id))),
            },
        ),
        Part(
            "favourites", _("Prompts I marked"), _("Only you see them."), Prompt.objects.filter(favourite_of=user).order_by("-id"),
            lambda row: (None, row.title), lambda row: {"prompt": row.slug},
        ),
        Part(
            "prompt_tests", _("Prompt tests I started"), _("Those who work on prompts see them."),
            PromptTest.objects.filter(tested_by=user).select_related("version__prompt").order_by("-id"),
            lambda row: (row.tested_at, str(row.version.prompt.title)),
            lambda row: {"prompt": row.version.prompt.slug, "version": row.version.number, "at": row.tested_at},
        ),
        Part(
            "reports", _("AI in use, as I told it or decided about"), _("Leaders see a report; one that was told without a name is not tied to you."),
            reports.order_by("-id"), lambda row: (row.reported_on, row.tool),
            lambda row: {
                "tool": row.tool, "purpose": row.purpose, "on": row.reported_on, "state": row.state,
                "as": _part(user, (("reported", row.reported_by_id), ("decided", row.decided_by_id))),
            },
        ),
        Part(
            "measurements", _("Figures of goals I entered"), _("Everybody who sees the goal sees who entered a figure."),
            Measurement.objects.filter(entered_by=user).select_related("activity").order_by("-id"),
            lambda row: (row.on, f"{row.activity}: {row.value:g}"), lambda row: {"activity": row.activity.slug, "value": float(row.value), "on": row.on},
        ),
        Part(
            "patterns", _("Patterns I added to scrubbing"), _("Compliance and administrators see them."),
            IdentifierPattern.objects.filter(added_by=user).order_by("-id"), lambda row: (row.added_at, str(row)),
            lambda row: {"pattern": str(row), "at": row.added_at},
        ),
        Part(
            "words", _("Words I let stay readable"), _("Compliance and administrators see them."),
            AllowedWord.objects.filter(added_by=user).order_by("-id"), lambda row: (row.added_at, str(row)),
            lambda row: {"word": str(row), "at": row.added_at},
        ),
    )  # fmt: skip
