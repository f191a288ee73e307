"""How a console command tells what it found: to people, or as JSON."""

import json
from collections.abc import Callable
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
        text = json.dumps(facts, ensure_ascii=False, indent=2, default=str)
    click.echo(text)
