"""How the nouns of a room are put together."""

from guanxi.foundation.events import Event
from guanxi.foundation.rooms import Create, Room, together


class Happened(Event):
    pass


def _first(_event: Happened) -> None: ...


def _second(_event: Happened) -> None: ...


def test_a_room_of_parts_offers_and_does_what_all_parts_do() -> None:
    one = Create("One", "x:one", needs="")
    other = Create("Other", "x:other", needs="")
    room = together(
        Room(creates=[one], reacts={Happened: [_first]}),
        Room(creates=[other], reacts={Happened: [_second]}),
    )
    assert list(room.creates) == [one, other]
    assert list(room.reacts[Happened]) == [_first, _second]
