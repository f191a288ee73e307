"""
The only way state changes.

A command is a plain function whose first argument is who acts. The decorator asks
the policy, opens one transaction, and lists the command: the list feeds the
permission tests, the documentation and the automation of work.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import Actor, System
from guanxi.foundation.policies import require

P = ParamSpec("P")
R = TypeVar("R")

_commands: dict[str, "Command"] = {}
_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


@dataclass(frozen=True)
class Command:
    """One entry of the list: ``room.verb_noun``, the permission it asks, the function."""

    name: str
    needs: str
    run: Callable[..., object]


def command(
    *, needs: str
) -> Callable[[Callable[Concatenate[Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """
    Make a function a command that asks the policy for the permission ``needs``.

    Model instances among the positional arguments (or a list of them) are its
    subjects. With ``needs=""`` everybody signed in may run it on his own things; the
    body then takes its rows from ``by`` alone.
    """

    def decorate(
        function: Callable[Concatenate[Actor, P], R],
    ) -> Callable[Concatenate[Actor, P], R]:
        room = function.__module__.split(".")[1]

        @wraps(function)
        def run(by: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if needs:
                require(by, needs, *_subjects(args))
            token = _acting.set(by)
            try:
                with transaction.atomic():
                    return function(by, *args, **kwargs)
            finally:
                _acting.reset(token)

        name = f"{room}.{function.__name__}"
        _commands[name] = Command(name=name, needs=needs, run=run)
        return run

    return decorate


def all_commands() -> Mapping[str, Command]:
    """Return every command by name."""
    return MappingProxyType(_commands)


def acting() -> Actor:
    """Return who runs the current command; the system outside of any."""
    return _acting.get() or System(gettext_noop("system"))


def _subjects(args: tuple[object, ...]) -> list[Model]:
    found: list[Model] = []
    for value in args:
        if isinstance(value, Model):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(item for item in value if isinstance(item, Model))
    return found
