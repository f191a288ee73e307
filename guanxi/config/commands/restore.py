"""``guanxi restore``."""

from gettext import gettext as _
from pathlib import Path

import click

from guanxi.config.reports import json_option, report
from guanxi.config.restore import restore


@click.command("restore", help=_("Read database, files and secret key from FILE."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help=_("Replace the data that is there."))
@json_option
def command(file: Path, *, force: bool, as_json: bool) -> None:
    """Restore while nothing runs."""
    head = restore(file.absolute(), force=force)
    text = _("%(rows)s rows of %(made_at)s are back.") % {
        "rows": sum(head["rows"].values()),
        "made_at": head["made_at"],
    }
    report(head, text, as_json=as_json)
