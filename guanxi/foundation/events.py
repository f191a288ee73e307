"""
Facts that were announced: one row each, delivered to handlers after the commit.

``publish`` writes the row and one job per handler in the caller's transaction, so a
change and its consequences are one fact. Delivery claims and acts in one transaction:
every handler's effect happens once, however often a job runs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import ClassVar, TypeVar

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import acting
from guanxi.foundation.jobs import job
from guanxi.foundation.models import Delivery, LoggedEvent
from guanxi.foundation.policies import COVERED, READ, policy_of
from guanxi.foundation.words import Words

Changes = Mapping[str, tuple[str, str]]
E = TypeVar("E", bound="Event")
Handler = Callable[..., None]
_classes: "dict[str, type[Event]]" = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    A fact: ids and plain values, when it happened, and one sentence for the timeline.

    ``sentence`` is translatable, with the event's fields as named placeholders.
    ``kind`` is the kind of the record it is about, and ``subject`` the field with its
    id; ``party`` is the field with the id of whose timeline it belongs to. ``guards``
    names for a word of the sentence the field of the kind's policy that decides who
    reads it. What ``stays`` names nobody, and keeps its words when the party is erased.
    """

    sentence: ClassVar[Words] = ""
    icon: ClassVar[str] = "point"
    kind: ClassVar[str] = ""
    subject: ClassVar[str] = ""
    party: ClassVar[str] = ""
    guards: ClassVar[Mapping[str, str]] = {}
    stays: ClassVar[bool] = False

    at: datetime

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _classes[cls.event_name()] = cls

    @classmethod
    def event_name(cls) -> str:
        """Return ``room.EventClass``, the name in the log."""
        return f"{cls.__module__.split('.')[1]}.{cls.__name__}"

    def words(self) -> dict[str, object]:
        """Return what fills the sentence; override it where keys have labels."""
        return dict(vars(self))

    @classmethod
    def told_name(cls, name: str) -> Words:
        """Return what people call a changed ``name`` that is no field of the kind."""
        return name

    @classmethod
    def told_value(cls, name: str, value: str) -> Words:
        """Return what people call the logged ``value`` of such a name."""
        return value

    def told_to(self, viewer: Actor) -> str:
        """
        Return the sentence in the language of the moment.

        Words that ``viewer`` may not read are covered.
        """
        words = self.words()
        covered = dict.fromkeys(self._shut_to(viewer, words), COVERED)
        return gettext(str(self.sentence)) % {**words, **covered}

    def _shut_to(self, viewer: Actor, words: Iterable[str]) -> Iterable[str]:
        """Return those of ``words`` that are covered: all, if he reads no such record."""
        if not self.kind:
            return []
        policy = policy_of(self.kind)
        if viewer.grants.depth(policy.permission(READ)) is Depth.NONE:
            return words
        readable = policy.readable(viewer)
        return [
            word
            for word, field in self.guards.items()
            if word in words and field not in readable
        ]


@dataclass(frozen=True, kw_only=True)
class Erased(Event):
    """Something that happened to a person who was erased since."""

    sentence: ClassVar[str] = gettext_noop("Erased with the person it was about")
    icon: ClassVar[str] = "eraser"


# What stands in the log in place of the words of such an event.
ERASED: Mapping[str, bool] = {"erased": True}
_handlers: dict[str, list[Handler]] = {}


def react(event: type[E], handlers: Iterable[Callable[[E], None]]) -> None:
    """Call ``handlers`` when ``event`` has been announced (from a room's wiring)."""
    _handlers.setdefault(event.event_name(), []).extend(handlers)


def event_class(name: str) -> type[Event] | None:
    """Return the class of a logged event, or None when no room knows it any more."""
    return _classes.get(name)


def kinds_on_timelines() -> frozenset[str]:
    """Return the kinds of records whose events stand on the timeline of a party."""
    return frozenset(c.kind for c in _classes.values() if c.party and c.kind)


def publish(event: Event, *, changes: Changes | None = None) -> LoggedEvent:
    """
    Record ``event`` and queue its delivery, in the caller's transaction.

    ``changes`` maps field names to (old, new) as the audit may show them.
    """
    row = _row(event, changes or {})
    row.save(force_insert=True)
    for handler in _handlers.get(row.name, []):
        deliver.later(event_id=row.pk, handler=_label(handler))
    return row


def publish_all(events: Sequence[Event]) -> None:
    """Record many events of bulk work at once, and queue their delivery in one job."""
    rows = LoggedEvent.objects.bulk_create(
        [_row(event, {}) for event in events], batch_size=2000
    )
    heard = [row.pk for row in rows if _handlers.get(row.name)]
    for start in range(0, len(heard), 500):
        deliver_all.later(event_ids=heard[start : start + 500])


@job(queue="events")
def deliver(*, event_id: int, handler: str) -> None:
    """Let one handler deal with one event, unless it has."""
    row = LoggedEvent.objects.filter(pk=event_id).first()
    if row is None:
        return
    for function in _handlers.get(row.name, []):
        if _label(function) == handler:
            _deliver_once(row, function)


@job(queue="events")
def deliver_all(*, event_ids: list[int]) -> None:
    """Let every handler deal with each of ``event_ids``, unless it has."""
    rows = LoggedEvent.objects.filter(pk__in=event_ids).order_by("-pk")
    # A stack, so that one which fails does not keep the others from theirs; the last
    # on it comes first.
    with ExitStack() as deliveries:
        for row in rows:
            for function in reversed(_handlers.get(row.name, [])):
                deliveries.callback(_deliver_once, row, function)


def staying_names() -> list[str]:
    """Return the names of the events whose words stay when the party is erased."""
    return sorted(c.event_name() for c in _classes.values() if c.stays)


def restore(row: LoggedEvent) -> Event | None:
    """
    Return the event a row records; None when its class is gone.

    Of one about somebody who was erased, it is only that it happened.
    """
    if row.payload == ERASED:
        return Erased(at=row.at)
    known = event_class(row.name)
    if known is None:
        return None
    names = {f.name for f in fields(known)} - {"at"}
    return known(at=row.at, **{k: v for k, v in row.payload.items() if k in names})


def _deliver_once(row: LoggedEvent, handler: Handler) -> None:
    with transaction.atomic():
        _, is_new = Delivery.objects.get_or_create(event=row, handler=_label(handler))
        event = restore(row) if is_new else None
        if event is not None and not isinstance(event, Erased):
            handler(event)


def _row(event: Event, changes: Changes) -> LoggedEvent:
    by = acting()
    payload = {k: _plain(v) for k, v in asdict(event).items() if k != "at"}
    return LoggedEvent(
        name=event.event_name(),
        at=event.at,
        actor_id=by.actor_id,
        actor_name=by.actor_name[:150],
        kind=event.kind,
        subject_id=_number(event, event.subject),
        party_id=_number(event, event.party),
        payload=payload,
        changes={name: list(pair) for name, pair in changes.items()},
    )


def _number(event: Event, field: str) -> int | None:
    found = getattr(event, field) if field else None
    return found if isinstance(found, int) else None


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | float | bool | list | dict) or value is None:
        return value
    return str(value)


def _label(handler: Handler) -> str:
    return f"{handler.__module__.split('.')[1]}.{handler.__name__}"
