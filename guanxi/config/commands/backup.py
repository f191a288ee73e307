"""``guanxi backup``."""

from gettext import gettext as _
from pathlib import Path

import click

from guanxi.config.backup import back_up
from guanxi.config.reports import json_option, report
from guanxi.foundation import clock


@click.command("backup", help=_("Write database, files and secret key to FILE."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def command(file: Path, *, as_json: bool) -> None:
    """Back up while people go on working."""
    head = back_up(file.absolute(), at=clock.now())
    text = _("%(file)s holds %(rows)s rows in %(megabytes).1f MB.") % {
        "file": file,
        "rows": sum(head["rows"].values()),
        "megabytes": head["bytes"] / 2**20,
    }
    report(head, text, as_json=as_json)
