"""Who looks at a draft: claims that lapse by themselves, and handing over. One verdict is one verdict in any case; a claim spares double work."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workbench.accounts.models import User
from workbench.runs import permissions
from workbench.runs.models import Run
from workbench.runs.notices import tell_handed_over
from workbench.runs.services.running import RunRefused, log_run
from workbench.runs.services.terms import claimed_sentence, deciders, holder, is_qualified, review_terms


def _require(actor: User, run: Run) -> None:
    terms = review_terms(run)
    if not permissions.can_review_run(actor, run, terms, qualified=is_qualified(actor, terms)):
        raise PermissionDenied(_("You cannot decide on this draft, so you cannot take it."))


@transaction.atomic
def claim_run(*, actor: User, run: Run) -> None:
    """Take a draft, or keep it for another while. Compare-and-set: whoever comes second is told who has it."""
    _require(actor, run)
    _take(actor, run, claimed_by=actor)


def _take(actor: User, run: Run, **change: object) -> None:
    """Compare-and-set: what this person sees as free changes hands only while nobody else has taken it. Raises RunRefused."""
    seen = Run.objects.select_related("claimed_by").with_holder().get(pk=run.pk)
    has = holder(seen)
    free = has is None or has.pk == actor.pk or has.pk in actor.covered_ids
    same = Run.objects.filter(
        pk=run.pk, state=run.state, claimed_by=seen.claimed_by_id, claimed_at=seen.claimed_at, assigned=seen.assigned
    )
    # What somebody had who may not decide any more is handed over to nobody.
    lapsed = {} if has is not None else {"assigned": False}
    if not free or not same.update(**(lapsed | {"claimed_at": timezone.now()} | change)):
        raise RunRefused(claimed_sentence(Run.objects.select_related("claimed_by").get(pk=run.pk)))


@transaction.atomic
def give_back_run(*, actor: User, run: Run) -> None:
    """Put a draft back for everybody. Harmless where it is not one's own."""
    Run.objects.filter(pk=run.pk, claimed_by=actor).update(claimed_by=None, claimed_at=None, assigned=False)


@transaction.atomic
def hand_over_run(*, actor: User, run: Run, to: User) -> None:
    """Give a draft to another reviewer, with whom it stays until it is decided. For whoever could decide on it."""
    _require(actor, run)
    terms = review_terms(run)
    if (
        to.pk == actor.pk
        or not to.is_active
        or not permissions.can_review_run(to, run, terms, qualified=is_qualified(to, terms))
    ):
        raise RunRefused({"to": _("%s cannot decide on this draft. Choose somebody else.") % to})
    _take(actor, run, claimed_by=to, assigned=True)
    log_run("run.handed_over", run, actor, to_id=to.pk)
    tell_handed_over(run, to)


def heirs(run: Run, actor: User) -> list[User]:
    """The reviewers to whom this draft can be handed over."""
    return [person for person in deciders(run) if person.pk != actor.pk]
