"""What describes a model to the command line, without loading it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal, TypeAlias, cast

from guanxi.analytics.laboratory.findings import Findings
from guanxi.analytics.laboratory.request import Request

Kind: TypeAlias = Literal["text", "flag", "whole", "number", "date", "column"]
Run: TypeAlias = Callable[[Request], Findings]


@dataclass(frozen=True)
class Option:
    """
    An own option of a model: ``--NAME``, in ``Request.own`` with underscores.

    ``many`` may be given several times and is a tuple then.
    """

    name: str
    help: str
    kind: Kind = "text"
    default: object = None
    choices: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class Model:
    """
    A model: its name on the command line, one sentence of help, its own options.

    ``module`` is a module of this package with ``run(request) -> Findings``; it is loaded
    when the model is asked for, so that a list of models costs nothing. Several models
    may share a module: ``function`` says which of its functions.
    """

    name: str
    help: str
    module: str
    function: str = "run"
    version: str = "1"
    options: tuple[Option, ...] = ()

    def load(self) -> Run:
        """Return the function that answers a request."""
        module = import_module(f"guanxi.analytics.laboratory.{self.module}")
        return cast(Run, getattr(module, self.function))
