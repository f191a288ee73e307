"""Put dashboards together, and take them apart."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.analytics.boards.tile import Tile, written_tiles
from guanxi.analytics.models import Dashboard
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.saved import SHARE

LONGEST_NAME = 60
MOST_BOARDS = 50


class BadDashboard(Refused):
    """A dashboard that cannot be kept like this."""

    code = "bad_dashboard"


class DashboardChanged(Refused):
    """The dashboard was changed elsewhere meanwhile."""

    code = "dashboard_changed"


@command(needs="analysis.read")
def make_dashboard(
    by: Actor, *, name: str, tiles: Sequence[Tile], is_shared: bool, at: datetime
) -> Dashboard:
    """
    Make a dashboard of one's own.

    :raises Denied: for whoever is nobody in particular.
    :raises BadDashboard: without a name, with that of another, as one too many, or for
        sharing without the right to it.
    :raises BadTile: if it cannot hold the tiles.
    """
    if by.actor_id is None:
        raise Denied("dashboard.make")
    if Dashboard.objects.filter(owner=by.actor_id).count() >= MOST_BOARDS:
        raise BadDashboard(_("You have very many dashboards: delete one first."))
    return Dashboard.objects.create(
        owner_id=by.actor_id,
        name=_name(by, name),
        is_shared=_shared(by, is_shared),
        tiles=written_tiles(tiles),
        created_at=at,
        changed_at=at,
    )


@command(needs="analysis.read")
def change_dashboard(
    by: Actor,
    board: Dashboard,
    *,
    version: int,
    at: datetime,
    name: str | None = None,
    is_shared: bool | None = None,
    tiles: Sequence[Tile] | None = None,
) -> Dashboard:
    """
    Change name, tiles or who sees a dashboard; what is None stays as it is.

    :raises Denied: if it is somebody else's.
    :raises DashboardChanged: if it is no longer the ``version`` that was looked at.
    :raises BadDashboard: as in `make_dashboard`.
    :raises BadTile: if it cannot hold the tiles.
    """
    held = _held(by, board)
    if held.version != version:
        told = _("This dashboard was changed elsewhere meanwhile. Look at it again.")
        raise DashboardChanged(told)
    if name is not None:
        held.name = _name(by, name, but=held.pk)
    if is_shared is not None:
        held.is_shared = _shared(by, is_shared)
    if tiles is not None:
        held.tiles = written_tiles(tiles)
    held.version += 1
    held.changed_at = at
    held.save()
    return held


@command(needs="analysis.read")
def delete_dashboard(by: Actor, board: Dashboard) -> None:
    """
    Remove one's own dashboard, for everybody it was shared with.

    :raises Denied: if it is somebody else's.
    """
    _held(by, board).delete()


def _held(by: Actor, board: Dashboard) -> Dashboard:
    held = Dashboard.objects.select_for_update().filter(pk=board.pk).first()
    if held is None:
        raise NotVisible
    if held.owner_id != by.actor_id:
        raise Denied("dashboard.change")
    return held


def _name(by: Actor, name: str, but: int = 0) -> str:
    plain = " ".join(name.split())[:LONGEST_NAME]
    if not plain:
        raise BadDashboard(_("Give the dashboard a name."), field="name")
    others = Dashboard.objects.filter(owner=by.actor_id, name=plain).exclude(pk=but)
    if others.exists():
        told = _("You have a dashboard of this name. Choose another one.")
        raise BadDashboard(told, field="name")
    return plain


def _shared(by: Actor, is_shared: bool) -> bool:  # noqa: FBT001 -- checks what it is given
    if is_shared and not allowed(by, SHARE):
        raise BadDashboard(_("You may not share dashboards."), field="is_shared")
    return is_shared
