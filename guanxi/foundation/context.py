"""What the shell around every page shows: navigation, account, bell, theme."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import compress

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.notices import unread_of
from guanxi.foundation.rooms import Banner, Nav, allowed, collected
from guanxi.foundation.viewer import Viewer, viewer_of

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation or of a menu; ``waiting`` counts what waits there."""

    label: str
    url: str
    icon: str
    active: bool = False
    count: int = 0
    children: tuple["Entry", ...] = ()
    post: bool = False
    key: str = ""
    waiting: Callable[[Actor], int] | None = None


@dataclass
class Shell:
    """The shell of one request; what a page does not show is never computed."""

    request: HttpRequest

    @cached_property
    def viewer(self) -> Viewer | None:
        """Who is signed in, if anybody."""
        user = getattr(self.request, "user", None)
        signed_in = user is not None and user.is_authenticated
        return viewer_of(self.request) if signed_in else None

    @property
    def frame(self) -> str:
        """The layout of a page that both colleagues and visitors may meet."""
        return "ui/shell.html" if self.viewer else "ui/gate.html"

    @cached_property
    def places(self) -> tuple[Entry, ...]:
        """Where the viewer may go, by what people do there."""
        viewer = self.viewer
        if viewer is None:
            return ()
        is_open = tuple(nav.is_open_to(viewer) for nav in collected("nav"))
        return _places(is_open, self.language)

    @cached_property
    def nav(self) -> tuple[Entry, ...]:
        """The places as seen from this page: where one is, and how much waits."""
        leaves = [leaf for place in self.places for leaf in place.children or (place,)]
        around = [leaf for leaf in leaves if self._is_within(leaf.url)]
        here = max(around, key=lambda leaf: len(leaf.url), default=None)
        return tuple(self._seen(place, here) for place in self.places)

    @cached_property
    def trail(self) -> tuple[Entry, ...]:
        """
        The entries of the navigation that lead to this page, the group first.

        The first entry of a group leads where the group does, and is not told twice.
        """
        for place in self.nav:
            if place.active:
                below = (child for child in place.children if child.active)
                return place, *(child for child in below if child.url != place.url)
        return ()

    @cached_property
    def creates(self) -> tuple[Entry, ...]:
        """What the create menu offers."""
        viewer = self.viewer
        if viewer is None:
            return ()
        return tuple(
            Entry(label=str(c.label), url=_address(c.view), icon=c.icon)
            for c in sorted(collected("creates"), key=lambda c: c.order)
            if allowed(viewer, c.needs)
        )

    @cached_property
    def banners(self) -> tuple[Banner, ...]:
        """What the rooms tell the viewer above every page."""
        viewer = self.viewer
        if viewer is None:
            return ()
        told = (banner(viewer) for banner in collected("banners"))
        return tuple(one for one in told if one)

    @cached_property
    def account(self) -> tuple[Entry, ...]:
        """The entries of the account menu."""
        entries = [
            (_("My account"), "identity:account", "user", False),
            (_("Sign out"), "account_logout", "logout", True),
        ]
        return tuple(
            Entry(label=label, url=_address(view), icon=icon, post=post)
            for label, view, icon, post in entries
        )

    @cached_property
    def unread(self) -> int:
        """How many notices wait."""
        return unread_of(self.viewer.pk) if self.viewer else 0

    @property
    def user_name(self) -> str:
        """Who is signed in, or nothing."""
        return self.viewer.name if self.viewer else ""

    @property
    def user_initial(self) -> str:
        """The sign in the circle: the first character of the name."""
        return self.user_name[:1]

    @property
    def theme(self) -> str:
        """The chosen theme: light, dark, or system."""
        chosen = self.request.COOKIES.get("theme", "")
        if chosen not in (*THEMES, "system") and self.viewer:
            chosen = self.viewer.theme
        return chosen if chosen in THEMES else "system"

    @property
    def language(self) -> str:
        """The language of the page."""
        return get_language() or ""

    @property
    def keys_enabled(self) -> bool:
        """Whether the keyboard shortcuts are on."""
        return self.viewer.has_keys if self.viewer else False

    def _is_within(self, url: str) -> bool:
        path = self.request.path
        return path == url if url == "/" else path.startswith(url)

    def _seen(self, entry: Entry, here: Entry | None) -> Entry:
        children = tuple(self._seen(child, here) for child in entry.children)
        is_here = entry is here or any(child.active for child in children)
        count = entry.waiting(self.viewer) if entry.waiting and self.viewer else 0
        if not (is_here or count or children != entry.children):
            return entry
        return replace(entry, active=is_here, count=count, children=children)


@cache
def _places(open_to_viewer: tuple[bool, ...], language: str) -> tuple[Entry, ...]:
    """Return what is open of the rooms' navigation; kept for each sort of viewer."""
    navs = sorted(compress(collected("nav"), open_to_viewer), key=lambda n: n.order)
    groups: dict[str, list[Nav]] = {}
    for nav in navs:
        groups.setdefault(str(nav.group or nav.label), []).append(nav)
    return tuple(_place(label, members) for label, members in groups.items())


def _place(label: str, members: Sequence[Nav]) -> Entry:
    first, *_others = entries = [
        Entry(str(n.label), _address(n.view), n.icon, key=n.key, waiting=n.count)
        for n in members
    ]
    if not members[0].group:
        return first
    key = next((n.key for n in members if n.key), "")
    icon = next((n.group_icon for n in members if n.group_icon), first.icon)
    return Entry(label, first.url, icon, children=tuple(entries), key=key)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template the shell of the request."""
    return {"shell": Shell(request)}


@cache
def _address(view: str) -> str:
    """Return the address of a view without arguments; the shell asks for many, always."""
    return reverse(view)
