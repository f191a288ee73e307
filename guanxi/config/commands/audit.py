"""``guanxi audit``: is the log of who saw what as it was written?"""

from dataclasses import asdict
from gettext import gettext as _
from gettext import ngettext

import click

from guanxi.config.reports import json_option, report
from guanxi.config.session import house_open
from guanxi.foundation import clock
from guanxi.foundation.access_log.verify import Verdict, keep
from guanxi.foundation.access_log.verify import verify as verified

BROKEN = 1


@click.group("audit", help=_("Check that nobody changed the access log."))
def command() -> None:
    """Group the commands about the access log."""


@command.command(
    "verify", help=_("Go through the whole log; name the first row that was changed.")
)
@json_option
@click.pass_context
def verify(context: click.Context, /, *, as_json: bool) -> None:
    """Report how the chain is found; end with code 1 if it is broken."""
    with house_open():
        verdict = verified()
        keep(verdict, clock.now())
    report(
        {"is_well": not verdict.flaw, **asdict(verdict)},
        _told(verdict),
        as_json=as_json,
    )
    if verdict.flaw:
        context.exit(BROKEN)


def _told(verdict: Verdict) -> str:
    if verdict.flaw:
        return _("The access log is broken: %(flaw)s.") % {"flaw": verdict.told}
    return ngettext(
        "The access log is as it was written: %(count)s row.",
        "The access log is as it was written: %(count)s rows.",
        verdict.rows,
    ) % {"count": verdict.rows}
