"""``guanxi demo``."""

from gettext import gettext as _

import click

from guanxi.config import demo, prepare
from guanxi.config.reports import json_option, report
from guanxi.config.session import house_open


@click.command("demo", help=_("Load the demo data, unless it was loaded before."))
@json_option
def command(*, as_json: bool) -> None:
    """Load the demo data once."""
    with house_open():
        prepare.ship_roles()
        loaded = demo.load_once()
        text = _("The demo data is loaded.") if loaded else _("It was loaded before.")
        report({"loaded": loaded}, text, as_json=as_json)
