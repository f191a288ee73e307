"""People who sign in with an identity provider, and what its groups mean here."""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.identity.commands.guard import (
    LastAdministrator,
    require_covering,
    require_covering_user,
)
from guanxi.identity.commands.role import hand_out, named
from guanxi.identity.commands.session import end_sessions
from guanxi.identity.commands.user import create_user
from guanxi.identity.events import (
    GroupMapped,
    GroupUnmapped,
    ProviderLinked,
    ProviderUnlinked,
)
from guanxi.identity.models import Role, RoleOfGroup, User
from guanxi.identity.rules.provider import LONGEST_GROUP, Claims, username_from
from guanxi.identity.rules.user import normalize_username


class NotAdmitted(Refused):
    """The provider knows the person, the house does not."""

    code = "not_admitted"


@command(needs="user.create")
def admit(
    by: Actor, claims: Claims, *, provider: str, creates: bool, at: datetime
) -> User:
    """
    Return the user that ``claims`` of ``provider`` name, with the roles of its groups.

    Somebody unknown is linked to the user with the same e-mail address, or made one if
    the house ``creates`` users so. Inactive users are returned as they are.

    :raises NotAdmitted: if there is no such user, or another person is linked to it.
    """
    if not claims.subject:
        raise NotAdmitted(_("The provider does not say who you are."))
    linked = _linked(claims, provider)
    user = (
        linked or _found(claims, provider) or _made(by, claims, creates=creates, at=at)
    )
    if not linked and user.is_active:
        SocialAccount.objects.create(
            user=user, provider=provider, uid=claims.subject, extra_data={}
        )
        publish(ProviderLinked(user_id=user.pk, username=user.username, at=at))
    if user.is_active:
        _follow_groups(by, user, claims, at)
    return user


@command(needs="user.reset_password")
def unlink_provider(by: Actor, user: User, *, at: datetime) -> None:
    """Let ``user`` sign in with the identity provider no more; sessions end."""
    require_covering_user(by, "user.reset_password", user)
    gone, _kinds = SocialAccount.objects.filter(user=user).delete()
    if gone:
        end_sessions(user, at=at)
        publish(ProviderUnlinked(user_id=user.pk, username=user.username, at=at))


@command(needs="role.edit")
def map_group(by: Actor, role: Role, *, group: str, at: datetime) -> RoleOfGroup:
    """
    Let everybody whom the provider counts among ``group`` hold ``role``.

    From the next sign-in of each; whom it counts no more loses the role then.

    :raises Denied: for a role that allows more than ``by`` may.
    :raises Refused: for a group without a name, or one that has the role already.
    """
    require_covering(by, "role.edit", [role.grants])
    name = group.strip()
    if not name or len(name) > LONGEST_GROUP:
        raise Refused(_("Enter the group as the provider names it."), field="group")
    try:
        with transaction.atomic():
            made = RoleOfGroup.objects.create(group=name, role=role)
    except IntegrityError as error:
        raise Refused(_("This group has this role already."), field="group") from error
    publish(GroupMapped(**named(role), group=name, at=at))
    return made


@command(needs="role.edit")
def unmap_group(by: Actor, mapping: RoleOfGroup, *, at: datetime) -> None:
    """Let ``mapping`` hold no more; who has the role keeps it until somebody takes it."""
    require_covering(by, "role.edit", [mapping.role.grants])
    publish(GroupUnmapped(**named(mapping.role), group=mapping.group, at=at))
    mapping.delete()


def _linked(claims: Claims, provider: str) -> User | None:
    accounts = SocialAccount.objects.filter(provider=provider, uid=claims.subject)
    # The library keeps all it was told; we need no more than who it is.
    accounts.update(extra_data={})
    account = accounts.select_related("user").first()
    return account.user if account else None


def _found(claims: Claims, provider: str) -> User | None:
    """Return the user with the address that the provider vouches for."""
    if not claims.email:
        return None
    user = User.objects.filter(email__iexact=claims.email).first()
    if user and SocialAccount.objects.filter(user=user, provider=provider).exists():
        raise NotAdmitted(
            _("Somebody else is signed up with your address. Ask your administrator.")
        )
    return user


def _made(by: Actor, claims: Claims, *, creates: bool, at: datetime) -> User:
    if not creates:
        raise NotAdmitted(
            _("There is no account for you here yet. Ask your administrator.")
        )
    username = _free_username(username_from(claims))
    return create_user(
        by,
        username=username,
        name=claims.name[:60] or username,
        email=claims.email,
        password=None,
        must_change_password=False,
        at=at,
    )


def _free_username(wished: str) -> str:
    """Return ``wished``, with a number behind it if somebody is called so."""
    plain = normalize_username(wished)[:50]
    if not plain:
        raise NotAdmitted(_("The provider does not say who you are."))
    taken = set(
        User.objects.filter(username__startswith=plain).values_list(
            "username", flat=True
        )
    )
    numbered = (f"{plain}{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (plain, *numbered) if one not in taken)


def _follow_groups(by: Actor, user: User, claims: Claims, at: datetime) -> None:
    """Give ``user`` the roles of its groups; those no group governs stay."""
    rows = RoleOfGroup.objects.select_related("role")
    governed = {row.role for row in rows}
    if not governed:
        return
    due = {row.role for row in rows if row.group in claims.groups}
    roles = [*(set(user.roles.all()) - governed), *due]
    try:
        with transaction.atomic():
            hand_out(by, user, roles, at=at)
    except LastAdministrator:
        # Nobody is locked out of the house by a group that was emptied.
        return
