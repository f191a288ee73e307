"""``guanxi run``."""

from gettext import gettext as _

import click

from guanxi.config.run import run


@click.command(
    "run",
    help=_(
        "Start Guanxi: database, web and worker. Prints address and login; Ctrl-C "
        "stops all of it. GUANXI_PORT and GUANXI_HOME choose port and data folder."
    ),
)
def command() -> None:
    """Start everything and stay until the end."""
    run()
