"""
How rooms plug in: each has one ``wiring.room``; this reads them all.

Low rooms offer places and reactions without knowing who fills them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.conf import settings
from django.urls import reverse

from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.erasing.declared import (
    Holding,
    Impersonal,
    Loose,
    Store,
    Teller,
)
from guanxi.foundation.events import Event, react
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.jobs import Job, by_clock
from guanxi.foundation.merging.declared import Mention, Remains
from guanxi.foundation.policies import policy_of
from guanxi.foundation.purposes import Recipient
from guanxi.foundation.words import Words

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guanxi.foundation.files.places import FilePlace
    from guanxi.foundation.imports.kinds import ImportKind
    from guanxi.foundation.tables.table import Table
    from guanxi.foundation.ties.explain import Principal


@dataclass(frozen=True)
class Nav:
    """
    An entry of the left navigation; ``group`` is what people do there.

    ``reads`` are fields (``"thing.name"``) that the page tells: who does not read all of
    them in clear finds nothing there, and is not led there.
    ``key`` is the letter that goes there after ``g``; ``group_icon`` the sign of the group
    where the first entry's own would mislead.
    """

    label: Words
    view: str
    needs: str
    icon: str = "point"
    group: Words = ""
    order: int = 50
    count: Callable[[Actor], int] | None = None
    key: str = ""
    group_icon: str = ""
    reads: Sequence[str] = ()

    def is_open_to(self, viewer: Actor) -> bool:
        """Tell whether ``viewer`` finds something there."""
        named = (one.partition(".") for one in self.reads)
        return allowed(viewer, self.needs) and all(
            name in policy_of(kind).readable(viewer) for kind, _dot, name in named
        )


@dataclass(frozen=True)
class Panel:
    """A fragment that a room shows at a place of a room below; ``view`` takes its pk."""

    place: str
    label: Words
    view: str
    needs: str
    order: int = 50


@dataclass(frozen=True)
class Create:
    """An entry of the create menu."""

    label: Words
    view: str
    needs: str
    icon: str = "plus"
    order: int = 50


@dataclass(frozen=True)
class Banner:
    """What stands above every page until it is mended; ``tone`` is a color of the kit."""

    text: str
    label: str
    url: str
    tone: str = "amber"


@dataclass(frozen=True)
class Found:
    """One search result."""

    label: str
    detail: str
    url: str


@dataclass(frozen=True)
class Finder:
    """How a room answers the search: up to ``limit`` results the viewer may see."""

    label: Words
    icon: str
    find: Callable[[Actor, str, int], Sequence[Found]]


@dataclass(frozen=True)
class Follower:
    """
    What goes along when a record of a room below changes hands.

    ``place`` is the kind of that record. ``rows`` are what ``viewer`` may see of it that
    is still open and leaves with the record whom it belonged to; ``column`` names in
    them the record they belong to.
    """

    place: str
    key: str
    label: Words
    needs: str
    rows: "Callable[[Actor, int], QuerySet[Any]]"
    column: str


@dataclass(frozen=True)
class Tally:
    """
    What a room counts or adds up of its own records for a record of a room below.

    ``place`` is the kind of that record, ``column`` the path that names it in ``rows``,
    those a viewer may see; ``day`` the path of the day or instant that spans speak of.
    ``figure`` is what is asked: without one, how many there are. With ``part`` it is not
    how many, but which: the path of a word of which there are ``parts``. Who lacks
    ``needs`` or reads one of ``fields`` (``"thing.name"``) not in clear cannot ask it.
    """

    place: str
    key: str
    label: Words
    needs: str
    rows: "Callable[[Actor], QuerySet[Any]]"
    column: str
    day: str
    figure: Any = None
    part: str = ""
    parts: Callable[[Actor], Sequence[tuple[str, Words]]] | None = None
    fields: Sequence[str] = ()
    is_money: bool = False


@dataclass(frozen=True)
class Fact:
    """
    Rows that analytics may read: a name and the SQL that selects them.

    ``changed_sql`` selects those of records that `foundation.Change` lists, which the
    triggers of the tables ``listed`` write; facts without it are read whole.
    """

    name: str
    sql: Callable[[], str]
    changed_sql: Callable[[], str] | None = None
    listed: Sequence[str] = ()


T = TypeVar("T")


@dataclass(frozen=True)
class Question(Generic[T]):
    """
    What a room asks those above about one of its records; one of them may know.

    The asking room declares it beside its queries; who answers names it in its wiring.
    """

    name: str

    def ask(self, viewer: Actor, pk: int, *, at: datetime) -> T | None:
        """Return the answer as far as ``viewer`` may know it; None if nobody knows."""
        for room in rooms():
            if self in room.answers:
                answer: T | None = room.answers[self](viewer, pk, at)
                return answer
        return None


@dataclass(frozen=True)
class Room:
    """
    What one room contributes to the house.

    ``jobs`` are those that only commands call: the worker knows what rooms name.
    ``principals`` tell which roles an actor has, None for one they do not know;
    ``recipients`` to whom the room sends personal data, as far as an actor may know.
    """

    nav: Sequence[Nav] = ()
    panels: Sequence[Panel] = ()
    creates: Sequence[Create] = ()
    reacts: Mapping[type[Event], Sequence[Callable[[Any], None]]] = field(
        default_factory=dict
    )
    clock: Mapping[str, Sequence[Callable[[datetime], None]]] = field(
        default_factory=dict
    )
    jobs: Sequence[Job[...]] = ()
    followers: Sequence[Follower] = ()
    tallies: Sequence[Tally] = ()
    facts: Sequence[Fact] = ()
    finds: Sequence[Finder] = ()
    banners: Sequence[Callable[[Actor], Banner | None]] = ()
    tables: "Sequence[Table]" = ()
    imports: "Sequence[ImportKind]" = ()
    files: "Sequence[FilePlace]" = ()
    invariants: Sequence[Invariant] = ()
    mentions: Sequence[Mention] = ()
    remains: Sequence[Remains] = ()
    principals: "Sequence[Callable[[Actor], Principal | None]]" = ()
    holdings: Sequence[Holding] = ()
    loose: Sequence[Loose] = ()
    impersonal: Sequence[Impersonal] = ()
    stores: Sequence[Store] = ()
    recipients: Sequence[Callable[[Actor, datetime], Iterable[Recipient]]] = ()
    tellers: Sequence[Teller] = ()
    answers: Mapping[Question[Any], Callable[[Actor, int, datetime], Any]] = field(
        default_factory=dict
    )


def together(*parts: Room) -> Room:
    """Return the room whose nouns ``parts`` plug in, each in a file of its own."""
    whole: dict[str, Any] = {}
    for part in parts:
        for one in fields(part):
            mine = getattr(part, one.name)
            if not isinstance(mine, Mapping):
                whole[one.name] = (*whole.get(one.name, ()), *mine)
                continue
            all_ = whole.setdefault(one.name, {})
            for key, value in mine.items():
                both = isinstance(value, Sequence) and key in all_
                all_[key] = (*all_[key], *value) if both else value
    return Room(**whole)


@dataclass(frozen=True)
class ShownPanel:
    """A panel on one page: its title, and the view that shows the subject's fragment."""

    title: str
    view: str
    subject_id: int

    @property
    def url(self) -> str:
        """Where the fragment is fetched."""
        return reverse(self.view, args=[self.subject_id])


@cache
def rooms() -> tuple[Room, ...]:
    """Return every room, from the ground floor up."""
    names = ["foundation", *settings.ROOMS]
    return tuple(import_module(f"guanxi.{name}.wiring").room for name in names)


def open_rooms() -> None:
    """Connect the rooms' handlers and clockwork; called once all models exist."""
    for room in rooms():
        for event, handlers in room.reacts.items():
            react(event, handlers)
        for cron, functions in room.clock.items():
            for function in functions:
                by_clock(cron, function)


def panels_for(viewer: Actor, place: str, subject_id: int) -> list[ShownPanel]:
    """Return the panels that rooms show ``viewer`` at ``place``, in their order."""
    fitting = [p for room in rooms() for p in room.panels if p.place == place]
    return [
        ShownPanel(str(p.label), p.view, subject_id)
        for p in sorted(fitting, key=lambda p: p.order)
        if allowed(viewer, p.needs)
    ]


def followers_of(viewer: Actor, place: str) -> list[Follower]:
    """Return what goes along with a record of ``place``, as far as ``viewer`` reads it."""
    fitting = [f for room in rooms() for f in room.followers if f.place == place]
    return [one for one in fitting if allowed(viewer, one.needs)]


def tallies_of(viewer: Actor, place: str) -> list[Tally]:
    """Return what ``viewer`` may ask the rooms to count for a record of ``place``."""
    fitting = [t for room in rooms() for t in room.tallies if t.place == place]
    return [
        one
        for one in fitting
        if allowed(viewer, one.needs)
        and all(_is_clear(viewer, name) for name in one.fields)
    ]


def _is_clear(viewer: Actor, key: str) -> bool:
    kind, _dot, name = key.partition(".")
    return policy_of(kind).level(viewer, name) >= Level.READ


def allowed(viewer: Actor, needs: str) -> bool:
    """Tell whether ``viewer`` has the permission ``needs`` at any depth."""
    return not needs or viewer.grants.depth(needs) > Depth.NONE


def collected(name: str) -> Iterable[Any]:
    """Yield the entries of one list (``"finds"``, ``"tables"``, …) of all rooms."""
    for room in rooms():
        yield from getattr(room, name)
