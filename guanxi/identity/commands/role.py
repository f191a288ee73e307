"""Roles are made, changed, and handed out: never beyond one's own rights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import Changes, publish
from guanxi.identity.commands.guard import (
    keep_an_administrator,
    lock_administration,
    require_covering,
)
from guanxi.identity.events import (
    RoleChanged,
    RoleCreated,
    RoleDeleted,
    RoleGranted,
    RoleWithdrawn,
)
from guanxi.identity.models import Role, User
from guanxi.identity.policies import default_levels, permissions, personal_fields
from guanxi.identity.rules.role import ShippedRole
from guanxi.identity.rules.shipped import PERSONAL_FIELDS, SHIPPED


@dataclass(frozen=True, kw_only=True)
class RoleRights:
    """What a role is to be: its names, and a depth or level for each key it names."""

    name: str
    description: str = ""
    is_everything: bool = False
    depths: Mapping[str, Depth] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)


@command(needs="role.create")
def create_role(by: Actor, rights: RoleRights, *, at: datetime) -> Role:
    """
    Create a role that allows no more than ``by`` may.

    :raises Refused: if the name is empty or taken, or a key unknown.
    """
    role = Role()
    _fill(role, rights)
    require_covering(by, "role.create", [role.grants])
    _save(role)
    publish(RoleCreated(**named(role), at=at))
    return role


@command(needs="role.edit")
def save_role(by: Actor, role: Role, rights: RoleRights, *, at: datetime) -> Role:
    """
    Change what ``role`` allows; its holders feel it at their next request.

    Neither before nor after may it allow more than ``by`` may.

    :raises Refused: if the name is empty or taken, a key unknown, or if nobody could
        administer any more.
    """
    before = Role.objects.select_for_update().get(pk=role.pk)
    _fill(role, rights)
    require_covering(by, "role.edit", [before.grants, role.grants])
    if before.is_everything and not role.is_everything:
        lock_administration()
    _save(role)
    User.objects.filter(roles=role).renew_rights()
    if before.is_everything:
        keep_an_administrator()
    changes = _changes(before, role)
    publish(RoleChanged(**named(role), at=at), changes=changes)
    return role


@command(needs="role.delete")
def delete_role(by: Actor, role: Role, *, at: datetime) -> None:
    """
    Delete a role nobody holds.

    :raises Refused: for a role that is held, or that the product ships.
    """
    require_covering(by, "role.delete", [role.grants])
    if role.key:
        raise Refused(_("This role belongs to the product: withdraw it instead."))
    held = User.objects.filter(roles=role).count()
    if held:
        raise Refused(
            ngettext(
                "%(count)s user holds this role: withdraw it first.",
                "%(count)s users hold this role: withdraw it first.",
                held,
            )
            % {"count": held}
        )
    publish(RoleDeleted(**named(role), at=at))
    role.delete()


@command(needs="user.grant")
def grant_roles(by: Actor, user: User, roles: Sequence[Role], *, at: datetime) -> None:
    """
    Let ``user`` hold exactly ``roles`` from the next request on.

    :raises Refused: if nobody could administer any more.
    """
    hand_out(by, user, roles, at=at)


def hand_out(by: Actor, user: User, roles: Sequence[Role], *, at: datetime) -> None:
    """Let ``user`` hold exactly ``roles``, as part of a command that may do so."""
    lock_administration()
    before, after = set(user.roles.all()), set(roles)
    changed = before ^ after
    require_covering(by, "user.grant", [role.grants for role in changed])
    if not changed:
        return
    user.roles.set(after)
    User.objects.filter(pk=user.pk).renew_rights()
    user.refresh_from_db(fields=["epoch"])
    if any(role.is_everything for role in before):
        keep_an_administrator()
    _announce(user, granted=after - before, withdrawn=before - after, at=at)


@command(needs="role.create")
def ship_roles(by: Actor) -> None:
    """
    Make sure the roles of the product exist and name every right the product ships.

    What somebody has decided stays: only keys that a role does not name are added, so
    that rights of a new release reach old installations, and never twice.
    """
    existing = {role.key: role for role in Role.objects.filter(key__in=SHIPPED)}
    for key, shipped in SHIPPED.items():
        role = existing.get(key) or Role(key=key, is_everything=shipped.is_everything)
        depths = {**_numbers(shipped.depths), **role.depths}
        levels = {**_numbers(_shipped_levels(shipped)), **role.levels}
        if role.pk is None or (depths, levels) != (role.depths, role.levels):
            role.depths, role.levels = depths, levels
            role.save()
            User.objects.filter(roles=role).renew_rights()


def _shipped_levels(shipped: ShippedRole) -> dict[str, Level]:
    if not shipped.hides_personal:
        return dict(shipped.levels)
    personal = personal_fields().union(PERSONAL_FIELDS)
    return {**dict.fromkeys(sorted(personal), Level.MASKED), **shipped.levels}


def _fill(role: Role, rights: RoleRights) -> None:
    unknown = (rights.depths.keys() - permissions()) | (
        rights.levels.keys() - default_levels().keys()
    )
    if unknown:
        raise Refused(
            _("These rights are unknown here: %(names)s")
            % {"names": ", ".join(sorted(unknown))}
        )
    name = " ".join(rights.name.split())
    # A shipped role that still has its own name keeps being translated.
    role.name = "" if role.key and name == role.label else name
    if not (role.name or role.key):
        raise Refused(_("A name is needed."), field="name")
    about = rights.description.strip()
    role.description = "" if role.key and about == role.about else about
    role.is_everything = rights.is_everything
    role.depths = _decided(role.depths, permissions(), rights.depths, 0)
    role.levels = _decided(role.levels, default_levels(), rights.levels, None)


def _decided(
    stored: Mapping[str, int | None],
    known: Iterable[str],
    named: Mapping[str, Depth] | Mapping[str, Level],
    unnamed: int | None,
) -> dict[str, int | None]:
    """
    Return what a role is to hold: ``unnamed`` for keys it named and does not any more.

    They stay in the role, so that shipping it again does not bring them back. Rights of
    rooms that are switched off just now are kept.
    """
    dropped = dict.fromkeys(stored.keys() & set(known), unnamed)
    return {**stored, **dropped, **_numbers(named)}


def _numbers(named: Mapping[str, Depth] | Mapping[str, Level]) -> dict[str, int]:
    return {key: int(value) for key, value in named.items()}


def _save(role: Role) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        message = _("Another role has this name: choose another one.")
        raise Refused(message, field="name") from error


def _announce(
    user: User, *, granted: set[Role], withdrawn: set[Role], at: datetime
) -> None:
    for event, roles in ((RoleGranted, granted), (RoleWithdrawn, withdrawn)):
        for role in sorted(roles, key=lambda one: one.pk):
            publish(
                event(
                    user_id=user.pk,
                    username=user.username,
                    **named(role),
                    at=at,
                )
            )


def named(role: Role) -> dict[str, Any]:
    """Return what events keep of ``role``: no words of a language that is not its name."""
    return {"role_id": role.pk, "role": role.name, "role_key": role.key or ""}


def _changes(before: Role, after: Role) -> Changes:
    """Return what differs: texts as they are, depths and levels by their names."""
    shown: dict[str, tuple[str, str]] = {}
    for name in ("name", "description", "is_everything"):
        shown[name] = (str(getattr(before, name)), str(getattr(after, name)))
    for key in {*before.depths, *after.depths}:
        old, new = before.depths.get(key, 0), after.depths.get(key, 0)
        shown[key] = (Depth(old).name, Depth(new).name)
    for key in {*before.levels, *after.levels}:
        old, new = before.levels.get(key), after.levels.get(key)
        shown[key] = (_level_name(old), _level_name(new))
    return {key: pair for key, pair in sorted(shown.items()) if pair[0] != pair[1]}


def _level_name(level: int | None) -> str:
    return "" if level is None else Level(level).name
