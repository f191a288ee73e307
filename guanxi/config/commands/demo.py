"""``guanxi demo``."""

from gettext import gettext as _

import click

from guanxi.config import demo, prepare
from guanxi.config.reports import json_option, report
from guanxi.config.session import house_open


@click.command(
    "demo", help=_("Load the demo data, unless it was loaded before, or remove it.")
)
@click.option(
    "--remove", is_flag=True, help=_("Remove the demo data and what hangs on it.")
)
@json_option
def command(*, remove: bool, as_json: bool) -> None:
    """Load the demo data once, or remove it."""
    with house_open():
        prepare.ship_roles()
        if remove:
            _remove(as_json=as_json)
        else:
            _load(as_json=as_json)


def _load(*, as_json: bool) -> None:
    loaded = demo.load_once()
    text = (
        _("The demo data is loaded. Sign in as %(username)s with %(password)s.")
        if loaded
        else _("It was loaded before, or there are customers already.")
    )
    login = {"username": demo.MANAGER, "password": demo.password()}
    report({"loaded": loaded, **login}, text % login, as_json=as_json)


def _remove(*, as_json: bool) -> None:
    removed = demo.remove()
    facts = {
        "customers": removed.customers,
        "orders": removed.orders,
        "kept": list(removed.kept),
    }
    text = _("Removed %(customers)d customers and %(orders)d orders.") % facts
    if removed.kept:
        names = ", ".join(removed.kept)
        text += "\n" + _("Kept, because real records refer to them: %(names)s.") % {
            "names": names
        }
    report(facts, text, as_json=as_json)
