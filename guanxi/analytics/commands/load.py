"""Load the warehouse."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.analytics.models import WarehouseLoad
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.jobs import job

if TYPE_CHECKING:
    from guanxi.analytics.loading import Load


class LoadRunning(Refused):
    """Another load has not finished yet."""

    code = "load_running"


@command(needs="analysis.run")
def request_load(by: Actor, *, is_whole: bool, at: datetime) -> None:
    """
    Queue a load of the warehouse: of what has changed, or of all with ``is_whole``.

    :raises LoadRunning: if one is running.
    """
    running = WarehouseLoad.State.RUNNING
    if WarehouseLoad.objects.filter(state=running).exists():
        raise LoadRunning(_("A load is running. Wait until it has finished."))
    carry_out.later(is_whole=is_whole)


@command(needs="analysis.run")
def load_warehouse(by: Actor, *, at: datetime, is_whole: bool = False) -> "list[Load]":
    """Load the facts and the dimensions now: what has changed, or all of it."""
    from guanxi.analytics.loading import (  # noqa: PLC0415 -- loads the engines
        wait_for_load,
    )

    wait_for_load()
    return _load(is_whole=is_whole)


@job(queue="analysis")
def carry_out(*, is_whole: bool) -> None:
    """Carry out a requested load."""
    _load(is_whole=is_whole)


def _load(*, is_whole: bool) -> "list[Load]":
    from guanxi.analytics import loading  # noqa: PLC0415 -- loads the engines

    return [
        loading.load_facts(is_whole=is_whole),
        loading.load_dimensions(is_whole=is_whole),
    ]
