"""Proposing which column of a file is which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from guanxi.foundation.clock import detect_date_format
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sheets.values import Kind, ValueOptions, converter

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Rows = Sequence[Sequence[str]]

# Measured on headings of exports: "Phone Number" against "phone no" is 0.78, words that
# only share letters stay below 0.7.
SIMILAR = 0.75
# A heading that holds an alias: 客户手机号码 holds 手机号. Shorter ones are in everything.
SHORTEST_PART = 2
MOSTLY = 0.8
SAMPLED_CELLS = 50
# Any cell is a text, so cells cannot confirm such a field.
_ANY_TEXT: tuple[Kind, ...] = ("text", "choice")
_READ_BY_CONTENT: tuple[Kind, ...] = ("email", "phone", "moment", "date", "money")

_NOISE = re.compile(r"[\W_]+")
_FRACTION = re.compile(r"[￥¥$€]?\s*-?[\d,]*\d[.]\d{2}", re.ASCII)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class ImportField:
    """
    A field that a column may fill.

    ``label`` is what people see; ``aliases`` are headings of other programs, Chinese and
    English. ``required`` fields are proposed first where two want one column. ``cover``
    masks what previews keep of the values, which may lie nowhere in the clear.
    """

    key: str
    label: str | _StrPromise
    kind: Kind
    aliases: tuple[str, ...] = ()
    required: bool = False
    cover: Callable[[str], str] | None = None


def guess_columns(
    headings: Sequence[str], samples: Rows, fields: Sequence[ImportField]
) -> dict[int, str]:
    """
    Return ``{column: key of field}``, no field and no column twice.

    ``headings`` may be empty; ``samples`` are some rows of values. Equal headings win over
    similar ones, and headings over contents; a similar heading counts only if the cells
    below are of the field's kind.
    """
    guess = _Guess(headings, samples, fields)
    guess.take(guess.equal())
    guess.take(guess.similar())
    guess.take(guess.by_content())
    return dict(sorted(guess.found.items()))


class _Guess:
    """One proposal in the making: which fields and columns are still free."""

    def __init__(
        self, headings: Sequence[str], samples: Rows, fields: Sequence[ImportField]
    ) -> None:
        self.width = max([len(headings), *map(len, samples)])
        self.headings = {at: _plain(text) for at, text in enumerate(headings)}
        self.words = {at: _words(text) for at, text in enumerate(headings)}
        self.samples = samples
        self.fields = sorted(fields, key=lambda one: not one.required)
        self.names = {one.key: _names(one) for one in fields}
        self.found: dict[int, str] = {}

    def take(self, proposals: Iterable[tuple[float, int, ImportField]]) -> None:
        """Accept the proposals whose column and field are free, the best first."""
        best = sorted(proposals, key=lambda proposal: -proposal[0])
        for _score, at, one in best:
            if at not in self.found and one.key not in self.found.values():
                self.found[at] = one.key

    def equal(self) -> Iterable[tuple[float, int, ImportField]]:
        """Return headings that are a name of a field, the label before the aliases."""
        for at, heading in self.headings.items():
            for one in self.fields:
                if heading and heading in self.names[one.key]:
                    yield 1 / (1 + self.names[one.key].index(heading)), at, one

    def similar(self) -> Iterable[tuple[float, int, ImportField]]:
        """Return headings that resemble or hold a name, with fitting cells below."""
        for at, heading in self.headings.items():
            for one in self._free_fields():
                score = max(_similarity(heading, name) for name in self.names[one.key])
                if one.kind not in _ANY_TEXT and self._says(at, one):
                    score = max(score, SIMILAR)
                if score >= SIMILAR and self._fits(at, one.kind):
                    yield score, at, one

    def by_content(self) -> Iterable[tuple[float, int, ImportField]]:
        """Return columns whose cells alone tell what they are, the first field each."""
        for kind in _READ_BY_CONTENT:
            field = next((one for one in self._free_fields() if one.kind == kind), None)
            for at in range(self.width):
                if field and not self.headings.get(at) and self._tells(at, kind):
                    yield 1 / (1 + at), at, field

    def _says(self, at: int, one: ImportField) -> bool:
        """Return whether all words of a name are in the heading: due_date, date."""
        names = map(_words, (str(one.label), one.key, *one.aliases))
        return any(name and name <= self.words[at] for name in names)

    def _free_fields(self) -> list[ImportField]:
        return [one for one in self.fields if one.key not in self.found.values()]

    def _cells(self, at: int) -> list[str]:
        cells = (row[at].strip() for row in self.samples if at < len(row))
        return [cell for cell in cells if cell][:SAMPLED_CELLS]

    def _fits(self, at: int, kind: Kind) -> bool:
        """Return whether the cells of a column could be of ``kind``; none always could."""
        cells = self._cells(at)
        return not cells or kind in _ANY_TEXT or _share(cells, kind) >= MOSTLY

    def _tells(self, at: int, kind: Kind) -> bool:
        """Return whether the cells can hardly be anything but of ``kind``."""
        cells = self._cells(at)
        if not cells:
            return False
        if kind == "money":
            return all(map(_FRACTION.fullmatch, cells))
        if kind in ("date", "moment"):
            keys = [found.key for found in detect_date_format(cells)]
            return bool(keys) and keys != ["excel"]
        return _share(cells, kind) >= MOSTLY


def _share(cells: Sequence[str], kind: Kind) -> float:
    """Return which part of ``cells`` is of ``kind``, in whatever format."""
    formats = detect_date_format(cells) if kind in ("date", "moment") else []
    options = ValueOptions(date_key=formats[0].key) if formats else ValueOptions()
    read = converter(kind, options)
    good = 0
    for cell in cells:
        try:
            read(cell)
        except Invalid:
            continue
        good += 1
    return good / len(cells)


def _names(one: ImportField) -> list[str]:
    """Return what a column of the field may be called, plain, the best first."""
    names = map(_plain, (str(one.label), one.key, *one.aliases))
    return [name for name in dict.fromkeys(names) if name]


def _similarity(heading: str, name: str) -> float:
    """Return 0 to 1; a heading that holds the name scores by how much it holds."""
    if not heading:
        return 0.0
    ratio = SequenceMatcher(None, heading, name, autojunk=False).ratio()
    if len(name) >= SHORTEST_PART and not name.isascii() and name in heading:
        return max(ratio, SIMILAR + len(name) / len(heading) / 5)
    return ratio


def _plain(heading: str) -> str:
    """Return the letters of a heading: half-width, lower-case, brackets left out."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"[(\[【].*?[)\]】]", "", text) or text
    return _NOISE.sub("", text)


def _words(heading: str) -> frozenset[str]:
    """Return the English words of ``dueDate``, ``due_date`` or ``Due date``."""
    return frozenset(word.lower() for word in _WORD.findall(heading))
