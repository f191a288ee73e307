"""Saved views: a list as somebody likes it, private or shared, pinned or by default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.models import SavedView, ViewChoice
from guanxi.foundation.policies import Policy, register
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.state import state_of
from guanxi.foundation.tables.table import ColumnKind, Table
from guanxi.foundation.tables.where import conditions_of
from guanxi.foundation.words import Words

MOST_TABS = 12
LONGEST_NAME = 60
SHARE = "view.share"
PLAIN = "?"  # the address of a list without any wish
VIEW = register(
    Policy(
        kind="view",
        label=gettext_lazy("Saved views"),
        actions={"share": pgettext_lazy("view", "Share")},
    )
)


# In SQL because every list asks it, and building two subqueries costs more than asking.
VIEWS = """
    SELECT v.*, coalesce(c.is_pinned, false) AS is_pinned,
           coalesce(c.is_default, false) AS is_default
      FROM foundation_savedview v
      LEFT JOIN foundation_viewchoice c ON c.view_id = v.id AND c.user_id = %s
     WHERE v."table" = %s AND (v.is_shared OR v.owner_id = %s)
     ORDER BY is_pinned DESC, v.name, v.id
"""


class ViewRow(Protocol):
    """A view, and what its viewer does with it."""

    pk: int
    name: str
    query: str
    is_shared: bool
    owner_id: int
    is_pinned: bool
    is_default: bool


class BadView(Refused):
    """A view that cannot be kept under this name."""

    code = "bad_view"


@dataclass(frozen=True)
class ViewTab:
    """One tab above a list."""

    name: Words
    url: str
    active: bool
    shared: bool = False
    pinned: bool = False
    pk: int = 0


def views(viewer: Actor, table_key: str) -> Sequence[ViewRow]:
    """Return the viewer's own views of a list and the shared ones, pinned first."""
    found = SavedView.objects.raw(VIEWS, [viewer.actor_id, table_key, viewer.actor_id])
    return cast(Sequence[ViewRow], list(found))


def view(viewer: Actor, pk: int) -> SavedView:
    """
    Return one view.

    :raises NotVisible: if it is neither the viewer's own nor shared.
    """
    found = SavedView.objects.filter(_open_to(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def tabs(rows: Sequence[ViewRow], *, here: str, usual_sort: str) -> tuple[ViewTab, ...]:
    """
    Return the tabs of a list: everything, then the views ``rows``.

    ``here`` is the address shown now, ``usual_sort`` that of the list.
    """
    shown = rows[:MOST_TABS]
    # Two views may keep the same address; one tab is enough to say where one is.
    active = next((row.pk for row in shown if row.query == here), None)
    # With its sort written out, so that the view opened by default does not come back.
    everything = ViewTab(_("All"), url=f"?sort={usual_sort}", active=active is None)
    return everything, *(_tab(row, active=row.pk == active) for row in shown)


def _tab(row: ViewRow, *, active: bool) -> ViewTab:
    return ViewTab(
        name=row.name,
        url=row.query,
        active=active,
        shared=row.is_shared,
        pinned=row.is_pinned,
        pk=row.pk,
    )


def default_address(rows: Sequence[ViewRow]) -> str:
    """Return the address of the view that opens by default, or nothing."""
    return next((r.query for r in rows if r.is_default and r.query != PLAIN), "")


def _open_to(viewer: Actor) -> Q:
    return Q(owner=viewer.actor_id) | Q(is_shared=True)


@command(needs="")
def save_view(
    by: Actor, table: Table, *, name: str, query: str, is_shared: bool, at: datetime
) -> SavedView:
    """
    Keep ``query`` (the address of a list) under ``name``; the same name replaces it.

    A shared view shows everybody his own rows: it never widens what one may see.

    :raises BadView: without a name, for sharing without the right to it, or for a filter
        that names a sealed value.
    """
    if _asks_for_sealed(table, query):
        raise BadView(
            _(
                "This filter names a number that is kept nowhere in the clear. Take it out "
                "before you save the view."
            )
        )
    return keep_view(by, table.key, name=name, query=query, is_shared=is_shared, at=at)


def keep_view(
    by: Actor, key: str, *, name: str, query: str, is_shared: bool, at: datetime
) -> SavedView:
    """
    Keep the address of the page ``key`` under ``name``, for a command to call.

    :raises BadView: without a name, or for sharing without the right to it.
    """
    plain = " ".join(name.split())[:LONGEST_NAME]
    if not plain:
        raise BadView(_("Give the view a name."), field="name")
    if is_shared and not allowed(by, SHARE):
        raise BadView(_("You may not share views."), field="is_shared")
    saved, _created = SavedView.objects.update_or_create(
        table=key,
        owner_id=by.actor_id,
        name=plain,
        defaults={"query": query, "is_shared": is_shared, "created_at": at},
    )
    return saved


def _asks_for_sealed(table: Table, query: str) -> bool:
    sealed = {c.key for c in table.columns if c.kind is ColumnKind.SEALED}
    where = state_of(QueryDict(query.removeprefix("?"))).where
    return any(one.values and one.key in sealed for one in conditions_of(where))


@command(needs="")
def choose_view(
    by: Actor,
    saved: SavedView,
    *,
    is_pinned: bool | None = None,
    is_default: bool | None = None,
) -> ViewChoice:
    """
    Pin a view for oneself, or let the list open with it; at most one view does.

    What is None stays as it is.

    :raises NotVisible: if it is neither one's own nor shared.
    """
    view(by, saved.pk)
    if is_default:
        others = ViewChoice.objects.filter(user=by.actor_id, view__table=saved.table)
        others.update(is_default=False)
    wanted = {"is_pinned": is_pinned, "is_default": is_default}
    choice, _created = ViewChoice.objects.update_or_create(
        view=saved,
        user_id=by.actor_id,
        defaults={name: value for name, value in wanted.items() if value is not None},
    )
    return choice


@command(needs="")
def delete_view(by: Actor, saved: SavedView) -> None:
    """
    Remove one's own view, for everybody it was shared with.

    :raises NotVisible: if it is neither one's own nor shared.
    :raises Denied: if it belongs to somebody else.
    """
    if view(by, saved.pk).owner_id != by.actor_id:
        raise Denied("view.delete")
    saved.delete()
