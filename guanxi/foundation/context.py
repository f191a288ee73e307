"""What the shell around every page shows: navigation, account, bell, theme."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.foundation.notices import unread_of
from guanxi.foundation.rooms import Nav, allowed, collected
from guanxi.foundation.viewer import Viewer, viewer_of

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation or of a menu."""

    label: str
    url: str
    icon: str
    active: bool = False
    count: int = 0
    children: Sequence["Entry"] = ()
    post: bool = False
    key: str = ""


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
    def nav(self) -> Sequence[Entry]:
        """The navigation by what people do; only what the viewer may open."""
        viewer = self.viewer
        if viewer is None:
            return ()
        open_to_viewer = sorted(
            (n for n in collected("nav") if allowed(viewer, n.needs)),
            key=lambda n: n.order,
        )
        found = [self._entry(n, viewer) for n in open_to_viewer if not n.group]
        grouped = sorted(
            (n for n in open_to_viewer if n.group), key=lambda n: str(n.group)
        )
        for _label, members in groupby(grouped, key=lambda n: str(n.group)):
            found.append(self._group(list(members), viewer))
        places = {str(n.group or n.label): n.order for n in reversed(open_to_viewer)}
        return sorted(found, key=lambda e: places[e.label])

    @cached_property
    def creates(self) -> Sequence[Entry]:
        """What the create menu offers."""
        viewer = self.viewer
        if viewer is None:
            return ()
        return [
            Entry(label=str(c.label), url=_address(c.view), icon=c.icon)
            for c in collected("creates")
            if allowed(viewer, c.needs)
        ]

    @cached_property
    def account(self) -> Sequence[Entry]:
        """The entries of the account menu."""
        entries = [
            (_("My account"), "identity:account", "user", False),
            (_("Sign out"), "account_logout", "logout", True),
        ]
        return [
            Entry(label=label, url=_address(view), icon=icon, post=post)
            for label, view, icon, post in entries
        ]

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

    def _entry(self, nav: Nav, viewer: Viewer) -> Entry:
        url = _address(nav.view)
        path = self.request.path
        active = path == url if url == "/" else path.startswith(url)
        count = nav.count(viewer) if nav.count else 0
        return Entry(
            str(nav.label), url, nav.icon, active=active, count=count, key=nav.key
        )

    def _group(self, members: Sequence[Nav], viewer: Viewer) -> Entry:
        children = [self._entry(n, viewer) for n in members]
        best = max(
            (c for c in children if c.active), key=lambda c: len(c.url), default=None
        )
        children = [replace(c, active=c is best) for c in children]
        return Entry(
            label=str(members[0].group),
            url=children[0].url,
            icon=members[0].icon,
            active=best is not None,
            children=children,
            key=next((n.key for n in members if n.key), ""),
        )


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template the shell of the request."""
    return {"shell": Shell(request)}


@cache
def _address(view: str) -> str:
    """Return the address of a view without arguments; the shell asks for many, always."""
    return reverse(view)
