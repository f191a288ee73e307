"""Saved views: a list as somebody likes it, private or shared, pinned or by default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.models import SavedView, ViewChoice
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.table import Table
from guanxi.foundation.words import Words

MOST_TABS = 12
LONGEST_NAME = 60


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


def views(viewer: Actor, table_key: str) -> "QuerySet[SavedView]":
    """Return the viewer's own views of a list and the shared ones, pinned first."""
    mine = ViewChoice.objects.filter(view=OuterRef("pk"), user_id=viewer.actor_id)
    return (
        SavedView.objects.filter(Q(owner_id=viewer.actor_id) | Q(is_shared=True))
        .filter(table=table_key)
        .annotate(
            is_pinned=Exists(mine.filter(is_pinned=True)),
            is_default=Exists(mine.filter(is_default=True)),
        )
        .order_by("-is_pinned", "name", "pk")
    )


def view(viewer: Actor, pk: int) -> SavedView:
    """
    Return one view.

    :raises NotVisible: if it is neither the viewer's own nor shared.
    """
    mine = Q(owner_id=viewer.actor_id) | Q(is_shared=True)
    found = SavedView.objects.filter(mine, pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def tabs(viewer: Actor, table: Table, here: str) -> Sequence[ViewTab]:
    """Return the tabs of a list; ``here`` is the address shown now."""
    found = [
        ViewTab(
            name=row.name,
            url=row.query or "?",
            active=row.query == here,
            shared=row.is_shared,
            pinned=row.is_pinned,
            pk=row.pk,
        )
        for row in views(viewer, table.key)[:MOST_TABS]
    ]
    everything = ViewTab(name=_("All"), url="?sort=" + table.default_sort, active=False)
    if not any(tab.active for tab in found):
        everything = ViewTab(name=_("All"), url=everything.url, active=True)
    return [everything, *found]


def default_address(viewer: Actor, table: Table) -> str:
    """Return the address of the view that opens by default, or nothing."""
    row = views(viewer, table.key).filter(is_default=True).first()
    return row.query if row else ""


@command(needs="")
def save_view(
    by: Actor, table: Table, *, name: str, query: str, is_shared: bool, at: datetime
) -> SavedView:
    """
    Keep ``query`` (the address of a list) under ``name``; the same name replaces it.

    A shared view shows everybody his own rows: it never widens what one may see.

    :raises BadView: without a name, or for sharing without the right to it.
    """
    plain = " ".join(name.split())[:LONGEST_NAME]
    if not plain:
        raise BadView(_("Give the view a name."), field="name")
    if is_shared and not allowed(by, "view.share"):
        raise BadView(_("You may not share views."), field="is_shared")
    saved, _created = SavedView.objects.update_or_create(
        table=table.key,
        owner_id=by.actor_id,
        name=plain,
        defaults={"query": query, "is_shared": is_shared, "created_at": at},
    )
    return saved


@command(needs="")
def choose_view(
    by: Actor, saved: SavedView, *, is_pinned: bool, is_default: bool
) -> ViewChoice:
    """Pin a view for oneself, or let the list open with it."""
    if is_default:
        ViewChoice.objects.filter(user_id=by.actor_id, view__table=saved.table).update(
            is_default=False
        )
    choice, _created = ViewChoice.objects.update_or_create(
        view=saved,
        user_id=by.actor_id,
        defaults={"is_pinned": is_pinned, "is_default": is_default},
    )
    return choice


@command(needs="")
def delete_view(by: Actor, saved: SavedView) -> None:
    """
    Remove one's own view, for everybody it was shared with.

    :raises NotVisible: if it belongs to somebody else.
    """
    if saved.owner_id != by.actor_id:
        raise NotVisible
    saved.delete()
