"""How a console command tells what it found: to people, or as JSON."""

import json
from collections.abc import Callable
from datetime import date
from gettext import gettext as _
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add ``--json`` to a command that reports something."""
    option = click.option("--json", "as_json", is_flag=True, help=_("Report as JSON."))
    return option(function)


def tell_step(sentence: str) -> None:
    """Tell what is going on while somebody waits; not among what a command reports."""
    click.echo(sentence, err=True)


def report(facts: object, text: str, *, as_json: bool) -> None:
    """Print ``facts`` as JSON, or ``text`` for people."""
    if as_json:
        text = json.dumps(facts, ensure_ascii=False, indent=2, default=_plain)
    click.echo(text)


def _plain(value: object) -> str:
    """Return dates and instants as ISO 8601 has them, as REST does; texts of the rest."""
    return value.isoformat() if isinstance(value, date) else str(value)
