"""What can be done with people, teams and tokens. Each act checks the permission, changes, and is logged in one transaction."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from workbench.accounts.models import Absence, ApiToken, Look, Qualification, Role, RoleGrant, Team, User
from workbench.accounts.permissions import can_grant_qualifications, can_manage_people

TOKEN_MARK = "swb_"  # noqa: S105  a prefix, not a secret
_LAST_USED_STEP = timedelta(minutes=1)


def _require_manager(actor: User | None) -> None:
    if actor is not None and not can_manage_people(actor):
        raise PermissionDenied(_("Only administrators change people."))


@transaction.atomic
def create_person(
    *, actor: User | None, username: str, email: str, first_name: str, last_name: str, title: str = "",
    roles: Collection[str] = (), team: Team | None = None, password: str | None = None, language: str = "",
) -> User:  # fmt: skip
    """Add a person with roles. ``actor`` None is the command line. Without a password the person cannot sign in yet."""
    _require_manager(actor)
    user = User(
        username=username, email=email, first_name=first_name, last_name=last_name, title=title, team=team, language=language
    )  # fmt: skip
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=Role(role).value) for role in roles])
    record(action="person.created", actor=actor, object_type="user", object_id=user.pk, roles=sorted(roles))
    return user


@transaction.atomic
def change_person(
    *, actor: User, person: User, title: str, team: Team | None, is_active: bool, roles: Collection[str]
) -> User:
    """Change title, team, access and roles. Administrators cannot take their own administrator role or access away."""
    _require_manager(actor)
    wanted = {Role(role).value for role in roles}
    if person.pk == actor.pk and (Role.ADMINISTRATOR.value not in wanted or not is_active):
        raise ValidationError(
            _("You cannot take away your own administrator access. Ask another administrator to do it.")
        )
    fields = [
        name
        for name, value in (("title", title), ("team", team), ("is_active", is_active))
        if getattr(person, name) != value
    ]
    person.title, person.team, person.is_active = title, team, is_active
    person.save(update_fields=["title", "team", "is_active"])
    before = sorted(person.role_grants.values_list("role", flat=True))
    if set(before) != wanted:
        person.role_grants.exclude(role__in=wanted).delete()
        RoleGrant.objects.bulk_create([RoleGrant(user=person, role=role) for role in wanted - set(before)])
        person.__dict__.pop("role_names", None)
        record(
            action="person.roles_changed",
            actor=actor,
            object_type="user",
            object_id=person.pk,
            before=before,
            after=sorted(wanted),
        )
    if fields:
        record(action="person.changed", actor=actor, object_type="user", object_id=person.pk, fields=fields)
    return person


@transaction.atomic
def save_team(*, actor: User | None, team: Team) -> Team:
    """Create or change a team and its manager."""
    _require_manager(actor)
    team.full_clean()
    team.save()
    record(
        action="team.changed",
        actor=actor,
        object_type="team",
        object_id=team.pk,
        team_id=team.pk,
        manager_id=team.manager_id,
    )
    return team


@transaction.atomic
def grant_qualification(
    *, actor: User, person: User, name: str, evidence: str, expires_at: datetime | None = None
) -> Qualification:
    """Record a right that a person earned. One they hold already is renewed: the older record ends. Nobody qualifies themselves."""
    if not can_grant_qualifications(actor):
        raise PermissionDenied(_("Qualifications are granted by trainers, leaders and administrators."))
    faults = {}
    if person.pk == actor.pk:
        faults["person"] = _("Nobody qualifies themselves. Ask somebody else who may.")
    elif not person.is_active:
        faults["person"] = _("This person no longer works here. Name somebody else.")
    if len(evidence.split()) < 2:
        faults["evidence"] = _("Say what it rests on, for example “Exam of 3 March, 18 of 20”.")
    if expires_at is not None and expires_at <= timezone.now():
        faults["expires_at"] = _("The day has passed. Choose one to come.")
    if faults:
        raise ValidationError(faults)
    granted = Qualification(
        person=person, name=name, evidence=" ".join(evidence.split()), granted_by=actor, expires_at=expires_at
    )
    granted.clean_fields(exclude=["revoked_by", "revoked_at"])
    return _renew(granted, action="qualification.granted", actor=actor)


@transaction.atomic
def earn_qualification(*, person: User, name: str, evidence: str, expires_at: datetime) -> Qualification:
    """Record a right that somebody earned by what the workbench itself saw: nobody granted it. One they hold already is renewed, and never shortened."""
    User.objects.select_for_update().get(pk=person.pk)
    ends: datetime | None = expires_at
    held = Qualification.objects.held(on=timezone.now()).filter(person=person, name=name).first()
    if held is not None and (held.expires_at is None or held.expires_at > expires_at):
        ends = held.expires_at
    earned = Qualification(person=person, name=name, evidence=evidence, granted_by=None, expires_at=ends)
    return _renew(earned, action="qualification.earned", actor=person)


def _renew(fresh: Qualification, *, action: str, actor: User) -> Qualification:
    """Save a qualification, end the one of that name that the person held, and record it."""
    User.objects.select_for_update().get(pk=fresh.person_id)
    older = Qualification.objects.filter(person=fresh.person_id, name=fresh.name, revoked_at=None)
    ended = older.update(revoked_at=timezone.now(), revoked_by=fresh.granted_by)
    fresh.save()
    record(
        action=action, actor=actor, object_type="user", object_id=fresh.person_id, qualification=fresh.name, renewed=bool(ended),
        expires_on=timezone.localdate(fresh.expires_at).isoformat() if fresh.expires_at else None,
    )  # fmt: skip
    return fresh


@transaction.atomic
def revoke_qualification(*, actor: User, qualification: Qualification) -> None:
    """Take a qualification back; it does not count from the next call on. Revoking it twice is harmless."""
    if not can_grant_qualifications(actor):
        raise PermissionDenied(_("Qualifications are taken back by trainers, leaders and administrators."))
    held = Qualification.objects.filter(pk=qualification.pk, revoked_at=None)
    if held.update(revoked_at=timezone.now(), revoked_by=actor):
        record(
            action="qualification.revoked", actor=actor, object_type="user", object_id=qualification.person_id, qualification=qualification.name,
        )  # fmt: skip


@transaction.atomic
def record_absence(*, actor: User, cover: User, begins: date, ends: date) -> Absence:
    """Say when one is away and who stands in. Whoever stands in needs the rights for it themselves; they get none by this."""
    faults = {}
    if cover.pk == actor.pk or not cover.is_active:
        faults["cover"] = _("Choose somebody else who works here.")
    if ends < begins:
        faults["ends"] = _("The last day lies before the first.")
    elif ends < timezone.localdate():
        faults["ends"] = _("The day has passed. Choose one to come.")
    elif actor.absences.filter(begins__lte=ends, ends__gte=begins).exists():
        faults["begins"] = _("You are away in these days already. Take the other entry away first.")
    if faults:
        raise ValidationError(faults)
    absence = Absence.objects.create(person=actor, cover=cover, begins=begins, ends=ends)
    record(
        action="absence.recorded", actor=actor, object_type="user", object_id=actor.pk, cover_id=cover.pk, begins=begins.isoformat(),
        ends=ends.isoformat(),
    )  # fmt: skip
    return absence


@transaction.atomic
def remove_absence(*, actor: User, absence: Absence) -> None:
    """Take an entry back; from now on nobody stands in by it."""
    if absence.person_id != actor.pk:
        raise PermissionDenied(_("An absence is taken back by the person who is away."))
    absence.delete()
    record(action="absence.removed", actor=actor, object_type="user", object_id=actor.pk)


@transaction.atomic
def create_token(*, actor: User, name: str) -> tuple[ApiToken, str]:
    """A new token for oneself. The second value is the token itself; it is never to be had again."""
    secret = TOKEN_MARK + secrets.token_urlsafe(32)
    token = ApiToken(user=actor, name=name.strip(), prefix=secret[:10], digest=_digest(secret))
    token.full_clean(exclude=["digest"])
    token.save()
    record(action="token.created", actor=actor, object_type="token", object_id=token.pk, token_id=token.pk)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """Close a token at once. Revoking it twice is harmless."""
    if token.user_id != actor.pk:
        raise PermissionDenied(_("A token is revoked by the person it belongs to."))
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(action="token.revoked", actor=actor, object_type="token", object_id=token.pk, token_id=token.pk)


def find_token(secret: str) -> ApiToken | None:
    """The usable token with this secret, or None; its last use is noted to the minute."""
    token = ApiToken.objects.usable().select_related("user").filter(digest=_digest(secret)).first()
    if token is not None:
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > _LAST_USED_STEP:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def look_at(*, viewer: User, person_id: int, kind: str, object_id: int) -> None:
    """Note for a person that somebody else looked at what is theirs. One's own looks are not kept. One query, two the first time."""
    if viewer.pk == person_id:
        return
    now = timezone.now()
    if not Look.objects.filter(viewer=viewer, kind=kind, object_id=object_id).update(last_at=now):
        look = Look(viewer=viewer, person_id=person_id, kind=kind, object_id=object_id, first_at=now, last_at=now)
        Look.objects.bulk_create([look], ignore_conflicts=True)
