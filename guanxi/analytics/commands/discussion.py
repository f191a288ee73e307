"""Talk with colleagues about a finding, and put findings aside."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.analytics.models import Discussion, PutAside, Remark
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.notices import notify
from guanxi.identity.queries import assignable_users

LONGEST = 2_000
MOST_PEOPLE = 30
_KEY_LENGTH = 16
SPOKEN_TO = gettext_noop("%(who)s about “%(subject)s”: %(text)s")
_SHOWN = 80  # characters of a remark in a notice


class BadRemark(Refused):
    """A remark that cannot be made like this."""

    code = "bad_remark"


@command(needs="analysis.read")
def begin_discussion(
    by: Actor,
    *,
    key: str,
    subject: str,
    people: Collection[int],
    text: str,
    at: datetime,
) -> Discussion:
    """
    Begin a talk with ``people`` about the matter ``key``; they are told.

    ``subject`` names it without a figure: they may see other ones.

    :raises BadRemark: without a text, or without somebody whom ``by`` sees.
    """
    own = _speaker(by)
    plain = _plain(text)
    known = _known(by, people) - {own}
    if not known:
        raise BadRemark(_("Choose whom to tell."), field="people")
    found = Discussion.objects.create(
        key=key[:_KEY_LENGTH], subject=subject[:300], begun_at=at
    )
    found.people.set(known | {own})
    _say(by, found, plain, known, at)
    return found


@command(needs="")
def reply(
    by: Actor,
    discussion: Discussion,
    *,
    text: str,
    at: datetime,
    people: Collection[int] = (),
) -> Remark:
    """
    Say something in a talk that one belongs to; others may be asked to join.

    :raises NotVisible: to whoever does not belong to it.
    :raises BadRemark: without a text.
    """
    own = _speaker(by)
    _require_part(by, discussion)
    plain = _plain(text)
    new = _known(by, people) if people else set()
    discussion.people.add(*new)
    if discussion.people.count() > MOST_PEOPLE:
        raise _too_many()
    others = set(discussion.people.values_list("pk", flat=True)) - {own}
    return _say(by, discussion, plain, others, at)


@command(needs="")
def settle_discussion(
    by: Actor, discussion: Discussion, *, is_settled: bool, at: datetime
) -> None:
    """
    Mark a talk as settled, or take that back.

    :raises NotVisible: to whoever does not belong to it.
    """
    _require_part(by, discussion)
    Discussion.objects.filter(pk=discussion.pk).update(
        settled_at=at if is_settled else None
    )


@command(needs="analysis.read")
def put_aside(by: Actor, key: str, *, at: datetime) -> None:
    """Show a finding no more to oneself."""
    own = _speaker(by)
    PutAside.objects.get_or_create(
        user_id=own, key=key[:_KEY_LENGTH], defaults={"at": at}
    )


@command(needs="analysis.read")
def take_up(by: Actor, key: str) -> None:
    """Show a finding again that one had put aside."""
    PutAside.objects.filter(user_id=_speaker(by), key=key).delete()


def _speaker(by: Actor) -> int:
    """Return whose words these are: programs and jobs have nothing to say."""
    if by.actor_id is None:
        raise Denied("analysis.read")
    return by.actor_id


def _require_part(by: Actor, discussion: Discussion) -> None:
    if _speaker(by) not in discussion.people.values_list("pk", flat=True):
        raise NotVisible


def _known(by: Actor, people: Collection[int]) -> set[int]:
    """Return those of ``people`` whom ``by`` can tell."""
    known = assignable_users(by).filter(pk__in=people).values_list("pk", flat=True)
    found = set(known)
    if len(found) > MOST_PEOPLE - 1:
        raise _too_many()
    return found


def _too_many() -> BadRemark:
    told = _("At most %(most)s people take part.") % {"most": MOST_PEOPLE}
    return BadRemark(told, field="people")


def _plain(text: str) -> str:
    plain = text.strip()
    if not 0 < len(plain) <= LONGEST:
        told = _("Write something, at most %(most)s characters.") % {"most": LONGEST}
        raise BadRemark(told, field="text")
    return plain


def _say(
    by: Actor, discussion: Discussion, text: str, to: Iterable[int], at: datetime
) -> Remark:
    remark = Remark.objects.create(
        discussion=discussion, author_id=by.actor_id, text=text, said_at=at
    )
    Discussion.objects.filter(pk=discussion.pk).update(settled_at=None)
    words = {
        "who": by.actor_name,
        "subject": discussion.subject,
        "text": text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…",
    }
    url = reverse("analytics:discussion", args=[discussion.pk])
    for user_id in to:
        notify(user_id, SPOKEN_TO, words, at=at, url=url)
    return remark
