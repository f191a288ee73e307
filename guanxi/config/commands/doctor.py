"""``guanxi doctor``."""

from gettext import gettext as _

import click

from guanxi.config.doctor import examine, facts, told
from guanxi.config.reports import json_option, report


@click.command(
    "doctor",
    help=_(
        "Check database, migrations, disk, worker, clock, jobs and data; say how to "
        "mend what is wrong. Ends with 1 if something is."
    ),
)
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Report every check."""
    findings = examine()
    report(facts(findings), told(findings), as_json=as_json)
    if not all(one.is_well for one in findings):
        ctx.exit(1)
