"""What training keeps about a person; see ``workbench.accounts.record``."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.models import Assessment, Assignment, Attempt, CoachingEntry, Completion, ExerciseVersion, Worksheet
from workbench.accounts.models import User
from workbench.accounts.record import Part


def stored_about(user: User) -> Iterable[Part]:
    attempts = Attempt.objects.visible_to(user).select_related("version__exercise", "data_key")
    return (
        Part(
            "attempts", _("My attempts at exercises"), _("Only you see them; nobody else, whatever their role."), attempts.order_by("-id"),
            lambda row: (row.saved_at, f"{row.version.title} {row.number}"),
            lambda row: {
                "exercise": row.version.exercise.slug, "version": row.version.number, "number": row.number, "begun": row.started_at,
                "checked": row.checked_at, "passed": row.passed, "answers": row.said, "feedback": row.found,
            },
        ),
        Part(
            "completions", _("Learning paths I finished"), _("Those who grant qualifications, and compliance, see what was earned by it."),
            Completion.objects.visible_to(user).select_related("path", "qualification").order_by("-id"), lambda row: (row.at, str(row.path)),
            lambda row: {
                "path": row.path.slug, "language": row.language, "at": row.at, "qualification": row.qualification and row.qualification.name,
                "versions": row.versions,
            },
        ),
        Part(
            "assigned", _("Learning paths I am assigned"), _("Trainers, leaders and your manager see whether you are complete, and nothing else of your learning."),
            Assignment.objects.open().of(user).with_complete(user).select_related("path").order_by("-id"), lambda row: (row.created_at, str(row.path)),
            lambda row: {"path": row.path.slug, "language": row.language, "at": row.created_at, "due": row.due, "complete": row.complete},
        ),
        Part(
            "assignments", _("Learning paths I assigned, or no longer ask for"), _("Whoever has one sees who assigned it."),
            Assignment.objects.filter(Q(assigned_by=user) | Q(ended_by=user)).select_related("path", "data_key").order_by("-id"),
            lambda row: (row.created_at, str(row.path)),
            lambda row: {
                "path": row.path.slug, "at": row.created_at, "due": row.due, "note": row.note_said, "mine": row.assigned_by_id == user.pk,
                "ended": row.ended_at, "ended_by_me": row.ended_by_id == user.pk,
            },
        ),
        Part(
            "exercises", _("Exercises I wrote"), _("Trainers see the author of a version."),
            ExerciseVersion.objects.filter(author=user).select_related("exercise").order_by("-id"), lambda row: (row.created_at, row.title),
            lambda row: {"exercise": row.exercise.slug, "version": row.number, "at": row.created_at, "published": row.published_at},
        ),
        Part(
            "assessments", _("Fundamentals I assessed"), _("Leaders, trainers, compliance and the team see who assessed, and what was looked at."),
            Assessment.objects.filter(assessed_by=user).select_related("fundamental", "team", "data_key").order_by("-id"),
            lambda row: (row.at, f"{row.fundamental}: {row.team}"),
            lambda row: {
                "fundamental": row.fundamental.slug, "team": row.team.name, "level": row.level, "looked_on": row.looked_on, "at": row.at,
                "given": "erased" if row.seen is None else row.seen,
            },
        ),
        Part(
            "worksheets", _("My worksheets"), _("Only you see them, unless you share one with your team. No model is asked."),
            Worksheet.objects.of(user).select_related("activity", "shared_with", "data_key").order_by("-id"),
            lambda row: (row.saved_at or row.begun_at, f"{row.asks}: {row.called}"),
            lambda row: {
                "form": row.form, "version": row.version, "activity": row.activity.slug, "begun": row.begun_at, "saved": row.saved_at,
                "finished": row.finished_at, "shared_with": str(row.shared_with or ""), "title": row.called, "answers": "erased" if row.gone else row.said,
            },
        ),
        Part(
            "coaching", _("My coaching log"), _("Only you and the other person see it, whatever anybody’s role; leaders see how many there were in a team."),
            CoachingEntry.objects.visible_to(user).with_people(),
            lambda row: (row.noted_at, f"{row.get_kind_display()}: {row.other_than(user)}"),
            lambda row: {
                "kind": row.kind, "on": row.held_on, "manager": str(row.manager), "person": str(row.person), "noted_by_me": row.manager_id == user.pk,
                "activity": row.activity and row.activity.slug, "agreed": "erased" if row.agreed_said is None else row.agreed_said, "due": row.due,
                "at": row.noted_at, "done": row.done_at, "done_by_me": row.done_by_id == user.pk, "taken_back": row.taken_back_at,
            },
        ),
    )  # fmt: skip
