"""``guanxi warehouse``: load it, and see what it holds."""

from dataclasses import asdict
from gettext import gettext as _

import click

from guanxi.analytics.commands.load import load_warehouse
from guanxi.analytics.loading import Load
from guanxi.analytics.storage import Stored, stored
from guanxi.config.reports import json_option, report
from guanxi.config.session import CONSOLE, house_open
from guanxi.foundation import clock

STEPS = ("read", "cleaned", "loaded", "merged", "refreshed")


@click.group("warehouse", help=_("Load the data warehouse, and see what it holds."))
def command() -> None:
    """Group the commands about the warehouse."""


@command.command("load", help=_("Load what has changed since the last load."))
@click.option("--whole", is_flag=True, help=_("Read everything once more."))
@json_option
def load(*, whole: bool, as_json: bool) -> None:
    """Load now, in this process."""
    with house_open():
        loads = load_warehouse(CONSOLE, at=clock.now(), is_whole=whole)
        text = "\n".join(_loaded(one) for one in loads)
        report([asdict(one) for one in loads], text, as_json=as_json)


@command.command("status", help=_("Tell how many rows are stored of each subject."))
@json_option
def status(*, as_json: bool) -> None:
    """Report what is stored."""
    with house_open():
        found = stored()
        text = "\n".join(_line(one) for one in found)
        report([asdict(one) for one in found], text, as_json=as_json)


def _loaded(load: Load) -> str:
    return _(
        "Load %(number)d: %(cleaned)d rows cleaned, %(loaded)d loaded, "
        "%(merged)d merged, %(refreshed)d refreshed."
    ) % {"number": load.number, **{step: load.total(step) for step in STEPS}}


def _line(one: Stored) -> str:
    return _("%(label)s: %(rows)d rows hold, %(ever)d ever loaded, %(size)d bytes") % {
        "label": one.label,
        "rows": one.rows,
        "ever": one.ever,
        "size": one.size,
    }
