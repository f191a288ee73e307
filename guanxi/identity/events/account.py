"""What identity announces of users, roles, teams and tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.events import Event
from guanxi.foundation.policies import all_policies
from guanxi.foundation.words import Words
from guanxi.identity.rules.grants import DEPTH_LABELS, LEVEL_LABELS
from guanxi.identity.rules.shipped import SHIPPED

EVERYTHING = _("May do everything")
RIGHTS: Mapping[str, Words] = {
    **{depth.name: label for depth, label in DEPTH_LABELS.items()},
    **{level.name: label for level, label in LEVEL_LABELS.items()},
    str(True): _("yes"),
    str(False): _("no"),
}
# What the sign-in library calls a change of the second factors, and what people do.
SECURED: Mapping[str, Words] = {
    "totp_activated": _("set up an authenticator app"),
    "totp_deactivated": _("turned the authenticator app off"),
    "recovery_codes_generated": _("made new recovery codes"),
    "webauthn_added": _("added a passkey"),
    "webauthn_removed": _("removed a passkey"),
}


@dataclass(frozen=True, kw_only=True)
class UserEvent(Event):
    """A fact about one user."""

    icon: ClassVar[str] = "user"
    kind: ClassVar[str] = "user"
    subject: ClassVar[str] = "user_id"

    user_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class UserCreated(UserEvent):
    """Somebody may sign in from now on."""

    sentence: ClassVar[Words] = _("Created the user %(username)s")
    icon: ClassVar[str] = "user-plus"


@dataclass(frozen=True, kw_only=True)
class UserChanged(UserEvent):
    """Name, address or team of a user changed."""

    sentence: ClassVar[Words] = _("Changed the user %(username)s")


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(UserEvent):
    """A user may not sign in any more; sessions and tokens ended at once."""

    sentence: ClassVar[Words] = _("Deactivated the user %(username)s")
    icon: ClassVar[str] = "lock"


@dataclass(frozen=True, kw_only=True)
class UserReactivated(UserEvent):
    """A user may sign in again."""

    sentence: ClassVar[Words] = _("Reactivated the user %(username)s")
    icon: ClassVar[str] = "user-check"


@dataclass(frozen=True, kw_only=True)
class PasswordReset(UserEvent):
    """Somebody in charge gave a user a new password."""

    sentence: ClassVar[Words] = _("Reset the password of %(username)s")
    icon: ClassVar[str] = "key"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(UserEvent):
    """A user chose a new password."""

    sentence: ClassVar[Words] = _("%(username)s chose a new password")
    icon: ClassVar[str] = "key"


@dataclass(frozen=True, kw_only=True)
class TwoFactorReset(UserEvent):
    """Somebody in charge removed a user's second factors."""

    sentence: ClassVar[Words] = _("Removed the two-factor sign-in of %(username)s")
    icon: ClassVar[str] = "shield"


@dataclass(frozen=True, kw_only=True)
class SignInSecured(UserEvent):
    """A user changed a second factor: ``change`` names what (``totp_activated``, …)."""

    sentence: ClassVar[Words] = _(
        "%(username)s changed the two-factor sign-in: %(change)s"
    )
    icon: ClassVar[str] = "shield"

    change: str

    def words(self) -> dict[str, object]:
        """Return the change as people call it."""
        return {**super().words(), "change": SECURED.get(self.change, self.change)}


@dataclass(frozen=True, kw_only=True)
class ProviderLinked(UserEvent):
    """A user signs in with the identity provider from now on."""

    sentence: ClassVar[Words] = _(
        "%(username)s now signs in with the identity provider"
    )
    icon: ClassVar[str] = "user-check"


@dataclass(frozen=True, kw_only=True)
class ProviderUnlinked(UserEvent):
    """A user may not sign in with the identity provider any more."""

    sentence: ClassVar[Words] = _("Parted %(username)s from the identity provider")
    icon: ClassVar[str] = "lock"


@dataclass(frozen=True, kw_only=True)
class SignedIn(UserEvent):
    """A user signed in."""

    sentence: ClassVar[Words] = _("%(username)s signed in from %(ip)s")
    icon: ClassVar[str] = "user-check"

    ip: str


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """Somebody tried to sign in and was refused; only a known username is kept."""

    sentence: ClassVar[Words] = _("A sign-in from %(ip)s was refused (%(username)s)")
    icon: ClassVar[str] = "lock"
    kind: ClassVar[str] = "user"
    subject: ClassVar[str] = "user_id"

    user_id: int | None
    username: str
    ip: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(UserEvent):
    """Sessions of a user were ended from elsewhere: ``count`` of them."""

    sentence: ClassVar[Words] = _("Sessions of %(username)s ended: %(count)s")
    icon: ClassVar[str] = "logout"

    count: int


@dataclass(frozen=True, kw_only=True)
class NamesRole(Event):
    """A fact with a role in it; a shipped one that nobody renamed has no ``role``."""

    role_id: int
    role: str
    role_key: str = ""

    def words(self) -> dict[str, object]:
        """Return the name of the role, of a shipped one in the reader's language."""
        name = self.role or SHIPPED[self.role_key].name
        return {**super().words(), "role": name}


@dataclass(frozen=True, kw_only=True)
class RoleGranted(NamesRole, UserEvent):
    """A user holds one more role."""

    sentence: ClassVar[Words] = _("Granted %(username)s the role %(role)s")
    icon: ClassVar[str] = "shield"


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(NamesRole, UserEvent):
    """A user holds a role no more."""

    sentence: ClassVar[Words] = _("Withdrew the role %(role)s from %(username)s")
    icon: ClassVar[str] = "shield"


@dataclass(frozen=True, kw_only=True)
class RoleEvent(NamesRole):
    """A fact about one role."""

    icon: ClassVar[str] = "shield"
    kind: ClassVar[str] = "role"
    subject: ClassVar[str] = "role_id"


@dataclass(frozen=True, kw_only=True)
class RoleCreated(RoleEvent):
    """There is one more role."""

    sentence: ClassVar[Words] = _("Created the role %(role)s")


@dataclass(frozen=True, kw_only=True)
class RoleChanged(RoleEvent):
    """A role allows something else than before."""

    sentence: ClassVar[Words] = _("Changed the role %(role)s")

    @classmethod
    def told_name(cls, name: str) -> Words:
        """Return what a right is called, with the kind of record: ``Customer · Edit``."""
        kind, _dot, part = name.partition(".")
        for policy in all_policies():
            if policy.kind == kind:
                fields = {key: field.label for key, field in policy.fields.items()}
                label = {**fields, **policy.actions}.get(part, part)
                return f"{policy.label} · {label}"
        return EVERYTHING if name == "is_everything" else name

    @classmethod
    def told_value(cls, name: str, value: str) -> Words:
        """Return a depth, a level, or whether everything is allowed."""
        return RIGHTS.get(value, value)


@dataclass(frozen=True, kw_only=True)
class RoleDeleted(RoleEvent):
    """A role is gone."""

    sentence: ClassVar[Words] = _("Deleted the role %(role)s")


@dataclass(frozen=True, kw_only=True)
class GroupEvent(RoleEvent):
    """A fact about a group of the identity provider and a role."""

    group: str


@dataclass(frozen=True, kw_only=True)
class GroupMapped(GroupEvent):
    """Members of a group hold a role from now on."""

    sentence: ClassVar[Words] = _("Members of %(group)s now get the role %(role)s")


@dataclass(frozen=True, kw_only=True)
class GroupUnmapped(GroupEvent):
    """A group gives a role no more."""

    sentence: ClassVar[Words] = _(
        "Members of %(group)s no longer get the role %(role)s"
    )


@dataclass(frozen=True, kw_only=True)
class TeamEvent(Event):
    """A fact about one team."""

    icon: ClassVar[str] = "users-group"
    kind: ClassVar[str] = "team"
    subject: ClassVar[str] = "team_id"

    team_id: int
    team: str


@dataclass(frozen=True, kw_only=True)
class TeamCreated(TeamEvent):
    """There is one more team."""

    sentence: ClassVar[Words] = _("Created the team %(team)s")


@dataclass(frozen=True, kw_only=True)
class TeamRenamed(TeamEvent):
    """A team has another name."""

    sentence: ClassVar[Words] = _("Renamed a team to %(team)s")


@dataclass(frozen=True, kw_only=True)
class TeamMoved(TeamEvent):
    """A team, with all below it, has another parent."""

    sentence: ClassVar[Words] = _("Moved the team %(team)s")

    parent_id: int | None


@dataclass(frozen=True, kw_only=True)
class TeamDeleted(TeamEvent):
    """A team is gone."""

    sentence: ClassVar[Words] = _("Deleted the team %(team)s")


@dataclass(frozen=True, kw_only=True)
class TokenEvent(Event):
    """A fact about one token."""

    icon: ClassVar[str] = "api"
    kind: ClassVar[str] = "token"
    subject: ClassVar[str] = "token_id"

    token_id: int
    token: str
    user_id: int


@dataclass(frozen=True, kw_only=True)
class TokenCreated(TokenEvent):
    """A program may act for a user from now on."""

    sentence: ClassVar[Words] = _("Created the token %(token)s")


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(TokenEvent):
    """A token works no more."""

    sentence: ClassVar[Words] = _("Revoked the token %(token)s")
