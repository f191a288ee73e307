"""``guanxi warehouse``: load it, and see what it holds."""

from collections.abc import Mapping
from dataclasses import asdict
from gettext import gettext as _
from typing import Any

import click
from django.utils.timezone import localtime

from guanxi.analytics.commands.load import load_warehouse
from guanxi.analytics.loading import Load
from guanxi.analytics.storage import GRAINS, Stored, stored, versions
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


@command.command(
    "history", help=_("Tell every version ever loaded of one record, by its number.")
)
@click.argument("subject", type=click.Choice(list(GRAINS)))
@click.argument("number", type=int)
@json_option
def history(*, subject: str, number: int, as_json: bool) -> None:
    """Report the versions of a record."""
    with house_open():
        found = versions(subject, number)
        text = "\n".join(_version(one) for one in found) or _(
            "Nothing was loaded of it."
        )
        report(found, text, as_json=as_json)


def _version(row: Mapping[str, Any]) -> str:
    """Return one version in a line."""
    marks = ("load", "loaded_at", "is_gone")
    at = row["loaded_at"]
    words = {
        "number": row["load"],
        "at": localtime(at).strftime("%Y-%m-%d %H:%M") if at else "–",
        "values": " ".join(f"{k}={v}" for k, v in row.items() if k not in marks),
    }
    if row["is_gone"]:
        return _("Load %(number)d (%(at)s): gone") % words
    return _("Load %(number)d (%(at)s): %(values)s") % words


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
