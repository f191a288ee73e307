"""Questions about action messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.models import ActionMessage
from guanxi.actions.policies import ACTION_MESSAGE
from guanxi.actions.rules import Detector, MessageState
from guanxi.analytics.rules import leaving_reason
from guanxi.customers.queries.trait import stage_label
from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import amount

# In SQL because every page asks it, and building the question costs more than asking.
# What is assigned to somebody is his own, which the least of depths lets him see.
# The state is written out: the plan for all people can use the index of the open ones.
_MINE = f"""
    SELECT count(*) FROM (SELECT FROM actions_actionmessage
    WHERE assignee_id = %s AND state = '{MessageState.OPEN.value}' LIMIT 1000) AS mine
"""  # noqa: S608 -- a constant of our own

# More would not be read in a panel.
MOST_ABOUT_ONE = 20
MOST_DAYS = 5000


@dataclass(frozen=True)
class Told:
    """A message in words, in the language of the moment."""

    problem: str
    evidence: str
    suggestion: str


def messages(viewer: Actor) -> "QuerySet[ActionMessage]":
    """Return the messages ``viewer`` may see, most important first."""
    return ActionMessage.objects.filter(ACTION_MESSAGE.visible(viewer)).order_by(
        "-score", "pk"
    )


def open_messages(viewer: Actor) -> "QuerySet[ActionMessage]":
    """Return the open messages ``viewer`` may see, most important first."""
    return messages(viewer).filter(state=MessageState.OPEN)


def my_worklist(viewer: Actor) -> "QuerySet[ActionMessage]":
    """Return the open messages assigned to ``viewer``, most important first."""
    return open_messages(viewer).filter(assignee_id=viewer.actor_id)


def count_mine(viewer: Actor) -> int:
    """Return how many open messages are assigned to ``viewer``, counted to 1,000."""
    with connection.cursor() as cursor:
        cursor.execute(_MINE, [viewer.actor_id])
        (count,) = cursor.fetchone()
    return int(count)


def message(viewer: Actor, pk: int) -> ActionMessage:
    """
    Return one message.

    :raises NotVisible: if there is none that ``viewer`` may see.
    """
    found = (
        messages(viewer).select_related("customer", "assignee").filter(pk=pk).first()
    )
    if found is None:
        raise NotVisible
    return found


def messages_going_along(viewer: Actor, old_owner_id: int) -> "QuerySet[ActionMessage]":
    """Return the open messages that go to the next owner of a customer."""
    return open_messages(viewer).filter(assignee=old_owner_id)


def messages_of(viewer: Actor, customer_id: int) -> Sequence[ActionMessage]:
    """Return the open messages about one customer, most important first."""
    return asked_by(viewer, _about, customer_id=customer_id)


def _about(viewer: Actor, customer_id: int) -> "QuerySet[ActionMessage]":
    return open_messages(viewer).filter(customer_id=customer_id)[:MOST_ABOUT_ONE]


def told(viewer: Actor, message: ActionMessage) -> Told:
    """Return ``message`` in words, its evidence as far as ``viewer`` may know it."""
    watch = WATCHES[Detector(message.detector)]
    words = _words(message.facts)
    evidence = gettext(watch.evidence) % words
    signs = message.facts.get("leaving")
    if signs:
        told = [leaving_reason(column, float(value)) for column, value in signs]
        evidence += gettext(" Signs: %(signs)s.") % {
            "signs": pgettext("list", ", ").join(told)
        }
    return Told(
        problem=problem_of(message),
        evidence=ACTION_MESSAGE.shown(viewer, "evidence", evidence),
        suggestion=gettext(watch.suggestion) % words,
    )


def problem_of(message: ActionMessage) -> str:
    """Return in words what is wrong; of what the house has learned, its title."""
    known = str(message.facts.get("knowledge", ""))
    return known or str(Detector(message.detector).label)


def _words(facts: Mapping[str, object]) -> dict[str, object]:
    return {key: _word(key, value) for key, value in facts.items()}


def _word(key: str, value: object) -> object:
    if key == "total":
        return amount(Decimal(str(value)), settings.CURRENCY)
    if key.endswith("stage"):
        return stage_label(str(value))
    if key.endswith("_on"):
        return _day(str(value), get_language())
    return value


@lru_cache(maxsize=MOST_DAYS)
def _day(text: str, _language: str | None) -> str:
    """Return an ISO date as people write it; a worklist tells few days many times."""
    day = parse_date(text)
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
