"""Who looks at a page: the person behind a request, as far as the foundation cares."""

from typing import TYPE_CHECKING, Protocol, cast

from django.http import HttpRequest

from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


LONGEST_KEY = 18  # digits that surely fit a bigint


class Viewer(Actor, Protocol):
    """An actor who sees pages, with the likings that pages respect."""

    pk: int
    name: str
    language: str
    time_zone: str
    theme: str
    density: str
    has_keys: bool


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in; ``login_required`` sees to it."""

    user: Viewer  # type: ignore[assignment]  # -- Django's own knows visitors only
    htmx: "HtmxDetails"


class _HtmxRequest(Protocol):
    htmx: "HtmxDetails"


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who is signed in; only for views that ask for sign-in first."""
    return cast(Viewer, request.user)


def key_of(text: str) -> int | None:
    """Return the number of a record that ``text`` is, or None if it can be none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_KEY else None


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks, so that a part of the page is enough."""
    return bool(cast(_HtmxRequest, request).htmx)
