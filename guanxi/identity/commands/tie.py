"""
How rooms tie their records to users and teams: what all shares and walls have in common.

These are parts of commands, which ask for the right themselves.
"""

from datetime import datetime
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import Refused
from guanxi.foundation.ties.models import LONGEST_REASON, Tie
from guanxi.identity.models import Team, User

T = TypeVar("T", bound=Tie)


class BadTie(Refused):
    """A tie needs somebody who works here, and a reason."""

    code = "bad_tie"


def tie(
    by: Actor,
    ties: type[T],
    record_id: int,
    to: User | Team,
    *,
    reason: str,
    at: datetime,
    **facts: object,
) -> T:
    """
    Tie the record to ``to``, in place of what tied it before, from the next request on.

    The caller holds the record locked.

    :raises BadTie: without a reason, or for somebody who does not work here any more.
    """
    plain = " ".join(reason.split())
    if not 0 < len(plain) <= LONGEST_REASON:
        raise BadTie(_("Say why, in at most 200 characters."), field="reason")
    if isinstance(to, User) and not to.is_active:
        told = _("%(name)s does not work here any more.") % {"name": to.name}
        raise BadTie(told, field="user")
    who: dict[str, User | Team]
    who = {"user": to} if isinstance(to, User) else {"team": to}
    known = ties._base_manager.filter(record_id=record_id, ended_at=None, **who)
    known.update(ended_at=at)
    made: T = ties._base_manager.create(
        record_id=record_id,
        reason=plain,
        set_by_id=by.actor_id,
        set_at=at,
        **who,
        **facts,
    )
    renew_rights_of(made)
    return made


def end_tie(found: Tie, *, at: datetime) -> None:
    """End what ties a record, from the next request on."""
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    renew_rights_of(found)


def renew_rights_of(found: Tie) -> None:
    """Let all whom a tie concerns notice: the user, or the team and those below it."""
    in_team = Q(team__path__contains=[found.team_id])
    who = Q(pk=found.user_id) if found.user_id else in_team
    User.objects.filter(who).renew_rights()
