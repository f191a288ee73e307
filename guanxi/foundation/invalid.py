"""The error of values that a person can correct: one sentence and a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Invalid(ValueError):
    """
    A text that cannot become a value.

    ``sentence`` is translated when it is shown, so it may be raised in a process that
    has no language active; ``params`` fill its named placeholders. ``code`` never
    changes and is what programs and tests compare.
    """

    def __init__(
        self, sentence: str | _StrPromise, *, code: str, **params: object
    ) -> None:
        super().__init__(code)
        self.sentence = sentence
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        sentence = str(self.sentence)
        return sentence % self.params if self.params else sentence
