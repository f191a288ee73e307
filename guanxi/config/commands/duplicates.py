"""``guanxi duplicates``."""

from dataclasses import asdict
from gettext import gettext as _

import click

from guanxi.analytics.commands.duplicates import Search, find_duplicates
from guanxi.config.reports import json_option, report
from guanxi.config.session import CONSOLE, house_open
from guanxi.foundation import clock


@click.command(
    "duplicates",
    help=_(
        "Compare all customers with each other and list the pairs that are likely the "
        "same. It runs by itself every night."
    ),
)
@json_option
def command(*, as_json: bool) -> None:
    """Search now, in this process."""
    with house_open():
        found = find_duplicates(CONSOLE, at=clock.now())
        report(asdict(found), _told(found), as_json=as_json)


def _told(found: Search) -> str:
    seconds = found.read_seconds + found.link_seconds + found.write_seconds
    return _(
        "%(customers)s customers compared: %(pairs)s likely pairs, %(added)s of them new, "
        "%(seconds).1f s."
    ) % {
        "customers": found.customers,
        "pairs": found.pairs,
        "added": found.stored.added,
        "seconds": seconds,
    }
