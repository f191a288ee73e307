"""``guanxi analyse``."""

from datetime import datetime
from gettext import gettext as _

import click
from django.forms.models import model_to_dict
from django.utils import timezone

from guanxi.analytics.commands.analysis import run_analysis
from guanxi.analytics.scoring import Outcome
from guanxi.config.reports import json_option, report
from guanxi.config.session import CONSOLE, house_open
from guanxi.foundation import clock


@click.command(
    "analyse",
    help=_(
        "Compute the customers' scores and classes from their orders. Action messages "
        "follow when the worker runs."
    ),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_("The last day to look at (today if absent)."),
)
@json_option
def command(*, as_of: datetime | None, as_json: bool) -> None:
    """Analyze now, in this process."""
    day = as_of.date() if as_of else clock.today(timezone.get_default_timezone())
    with house_open():
        outcome = run_analysis(CONSOLE, as_of=day, at=clock.now())
        report(_facts(outcome), _told(outcome), as_json=as_json)


def _facts(outcome: Outcome) -> dict[str, object]:
    return model_to_dict(outcome.run) | {
        "extract_seconds": round(outcome.extract_seconds, 3),
        "analyse_seconds": round(outcome.analyse_seconds, 3),
        "write_seconds": round(outcome.write_seconds, 3),
    }


def _told(outcome: Outcome) -> str:
    run = outcome.run
    return _(
        "%(orders)s orders of %(customers)s customers up to %(day)s: "
        "%(written)s customers changed, %(seconds).1f s."
    ) % {
        "orders": run.orders,
        "customers": run.customers,
        "day": run.as_of,
        "written": run.written,
        "seconds": run.seconds,
    }
