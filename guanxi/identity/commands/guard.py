"""What no command of identity lets happen."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Grants
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.identity.models import Role, User
from guanxi.identity.models.rights import role_grants
from guanxi.identity.policies import default_levels
from guanxi.identity.rules.grants import covers


class LastAdministrator(Refused):
    """After the change nobody could administer the house any more."""

    code = "last_administrator"


def require_covering(by: Actor, permission: str, narrow: Iterable[Grants]) -> None:
    """
    Let nobody hand out, or lay hands on, rights beyond their own.

    :raises Denied: for ``permission`` if ``by`` may less than any of ``narrow``.
    """
    defaults = default_levels()
    if not all(covers(by.grants, grants, defaults) for grants in narrow):
        raise Denied(permission)


def require_covering_user(by: Actor, permission: str, user: User) -> None:
    """
    Let nobody lay hands on ``user`` who may more: also while that user is inactive.

    Else a password set meanwhile would open the account when it comes back.

    :raises Denied: for ``permission`` if ``by`` may less.
    """
    require_covering(by, permission, [role_grants(user.pk)])


def lock_administration() -> None:
    """Let changes that could remove the last administrator run one after another."""
    list(Role.objects.select_for_update().filter(is_everything=True).order_by("pk"))


def keep_an_administrator() -> None:
    """
    Check that somebody still administers, once a change is made.

    :raises LastAdministrator: if nobody would; the transaction then undoes the change.
    """
    if not User.objects.administrators().exists():
        raise LastAdministrator(
            _(
                "Nobody could administer the system any more: "
                "make somebody else an administrator first."
            )
        )


def self_of(by: Actor, *, lock: bool = False) -> User:
    """
    Return the user behind ``by``, read anew.

    :raises NotVisible: for the system, which is nobody.
    """
    users = User.objects.select_for_update() if lock else User.objects.all()
    user = users.filter(pk=by.actor_id or 0).first()
    if user is None:
        raise NotVisible
    return user
