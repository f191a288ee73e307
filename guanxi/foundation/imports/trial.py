"""Looking at a file before anything is written: its format, a mapping, what would happen."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, islice
from typing import Any

from django.utils import translation

from guanxi.foundation.actor import Actor, System
from guanxi.foundation.identifiers import cover_identifiers
from guanxi.foundation.imports.engine import Chunk, chunks
from guanxi.foundation.imports.kinds import (
    MOST_DOUBTS,
    Doubt,
    Fate,
    ImportKind,
    Loader,
    Refusal,
    Terms,
    import_kind,
)
from guanxi.foundation.imports.source import (
    form_of,
    format_facts,
    full_options,
    headings_of,
    path_of,
    rows_of,
    samples_of,
    terms_of,
)
from guanxi.foundation.models import ImportMap, ImportRun
from guanxi.foundation.sheets.guess import guess_columns
from guanxi.foundation.sheets.sniff import sniff

# Up to so many rows all are tried; of longer files so many of the first.
ALL_ROWS, SOME_ROWS = 200_000, 50_000
SHOWN_ROWS_OF_A_FATE = 8
SHOWN_REASONS = 50
SAMPLES, LONGEST_SAMPLE = 3, 30
Cover = Callable[[str], str]


@dataclass(frozen=True)
class Example:
    """
    One row, what becomes of it, how it would be stored, and why it is refused.

    ``written`` are its cells in the file, where it is no record that could be stored.
    """

    index: int
    fate: Fate
    cells: Sequence[str] = ()
    refusal: Refusal | None = None
    written: Sequence[str] = ()


@dataclass
class Findings:
    """What a trial found."""

    looked: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    examples: dict[Fate, list[Example]] = field(
        default_factory=lambda: {fate: [] for fate in Fate}
    )
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str, str], Refusal] = field(default_factory=dict)
    doubts: Sequence[Doubt] = ()

    def shown(self) -> list[Example]:
        """Return the examples of all fates as they stand in the file."""
        return sorted(chain(*self.examples.values()), key=lambda one: one.index)

    def add_refused(self, refused: Sequence[Refusal]) -> None:
        """Count refusals by their reason, and keep the first row of each."""
        self.refused += len(refused)
        for one in refused:
            key = (one.field, one.reason, str(sorted(one.params.items())))
            if key in self.reasons or len(self.reasons) < SHOWN_REASONS:
                self.reasons[key] += 1
                self.first.setdefault(key, one)


def look(run: ImportRun, by: Actor, given: Mapping[str, object] | None = None) -> None:
    """
    Find out how the file of ``run`` is written, and propose a mapping; nothing is saved.

    ``given`` is what is known of the format.

    :raises UnreadableSheet: if it is no table, or costs more than a table may.
    """
    known = given or {}
    form = sniff(path_of(run), str(known.get("sheet", "")))
    run.format = {**format_facts(form, []), **known}
    run.format = {**format_facts(form_of(run), samples_of(run)), **known}
    run.headings = headings_of(run)
    run.total = None if samples_of(run) else 0
    saved = _saved_map(run, by)
    if saved:
        run.format = {**run.format, **chosen_format(saved)}
        run.columns = saved.columns
        run.options = saved.options
        return
    run.columns = {str(at): key for at, key in proposed_columns(run, by).items()}
    run.options = settled_options(run, {})


def proposed_columns(run: ImportRun, by: Actor) -> Mapping[int, str]:
    """Return the field of each column, as headings and cells tell."""
    kind = import_kind(run.kind)
    samples = samples_of(run)
    with translation.override(run.language):
        found = guess_columns(run.headings, samples, kind.fields(by))
    return kind.propose(found, samples)


def settled_options(run: ImportRun, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the options of ``run``: those chosen, else what fits its mapping."""
    kind = import_kind(run.kind)
    mapped = frozenset(key for key in run.columns.values() if key)
    return full_options(kind, {**kind.settle(mapped), **chosen})


def attempt(run: ImportRun, by: Actor) -> None:
    """
    Find out what would happen to each row, without writing; `preview` tells it.

    As long as the mapping lacks something, only how the columns look.

    Every row is tried of a file of up to ``ALL_ROWS``, else ``SOME_ROWS`` from its start.

    :raises UnreadableSheet: where the table costs more than a table may.
    """
    kind = import_kind(run.kind)
    run.preview = {"samples": _samples(run)}
    run.total = sum(1 for _row in rows_of(run))
    if kind.wants(frozenset(key for key in run.columns.values() if key)):
        return
    with translation.override(run.language):
        found, heads = _tried(kind, by, terms_of(run), run)
    examples = _as_written(run, found.shown())
    run.preview |= {
        "heads": list(heads),
        "examples": [_row(example, form_of(run).first_row) for example in examples],
        "looked": found.looked,
        "created": found.created,
        "updated": found.updated,
        "skipped": found.skipped,
        "refused": found.refused,
        "reasons": [_told(found, key) for key, _n in found.reasons.most_common()],
        "doubts": [asdict(one) for one in found.doubts],
    }
    run.is_checked = True


def _samples(run: ImportRun) -> list[list[str]]:
    """Return a few filled cells of each column, for the page of the mapping."""
    rows = samples_of(run)
    covers = _covers(run)
    width = max(map(len, rows), default=0)
    columns = (
        [row[at].strip() for row in rows if at < len(row)] for at in range(width)
    )
    return [
        [_kept(cell, covers.get(at)) for cell in dict.fromkeys(filter(None, cells))][
            :SAMPLES
        ]
        for at, cells in enumerate(columns)
    ]


def _covers(run: ImportRun) -> Mapping[int, Cover]:
    """Return how the cells of columns are covered that fill a field kept sealed."""
    fields = import_kind(run.kind).fields(System("preview"))
    covers = {one.key: one.cover for one in fields if one.cover}
    columns = run.columns.items()
    return {int(at): covers[key] for at, key in columns if key in covers}


def _kept(cell: str, cover: Cover | None) -> str:
    """Return what a preview keeps of a cell; what looks like a number to seal is covered."""
    return (cover or cover_identifiers)(cell.strip())[:LONGEST_SAMPLE]


def _tried(
    kind: ImportKind, by: Actor, terms: Terms, run: ImportRun
) -> tuple[Findings, Sequence[str]]:
    loader = kind.loader(by, terms, is_trial=True)
    found = Findings()
    most = run.total if (run.total or 0) <= ALL_ROWS else SOME_ROWS
    for chunk in chunks(loader, islice(rows_of(run), most), 0):
        _count(found, chunk, loader)
    found.doubts = loader.doubts()[:MOST_DOUBTS]
    return found, loader.heads()


def _count(found: Findings, chunk: Chunk, loader: Loader[Any, Any]) -> None:
    decision = loader.decide(chunk.records)
    refused = [*chunk.refused, *decision.refused]
    found.looked += chunk.count
    found.created += decision.created
    found.updated += decision.updated
    found.skipped += decision.skipped
    found.add_refused(refused)
    reasons = {one.index: one for one in refused}
    fates = decision.fates | dict.fromkeys(sorted(reasons), Fate.REFUSED)
    records = {record.index: record for record in chunk.records}
    for fate, examples in found.examples.items():
        of_fate = (index for index, its in fates.items() if its is fate)
        for index in islice(of_fate, SHOWN_ROWS_OF_A_FATE - len(examples)):
            cells = loader.shown(records[index]) if index in records else ()
            examples.append(Example(index, fate, cells, reasons.get(index)))


def _as_written(run: ImportRun, examples: Sequence[Example]) -> list[Example]:
    """Return ``examples`` with the cells of the file where nothing could be stored."""
    bare = {one.index for one in examples if not one.cells}
    rows = enumerate(islice(rows_of(run), max(bare, default=-1) + 1))
    covers = _covers(run)
    cells = {index: _shortened(row, covers) for index, row in rows if index in bare}
    return [replace(one, written=cells.get(one.index, ())) for one in examples]


def _shortened(row: Sequence[str], covers: Mapping[int, Cover]) -> list[str]:
    """Return the filled cells of a row, so much of each as a preview has room for."""
    return [_kept(c, covers.get(at)) for at, c in enumerate(row) if c.strip()]


def _row(example: Example, first_row: int) -> dict[str, object]:
    """Return an example as it is kept; its reason is told when it is read."""
    why = example.refusal
    return {
        "row": first_row + example.index,
        "fate": example.fate.value,
        "cells": list(example.cells),
        "written": list(example.written),
        "field": why.field if why else "",
        "reason": why.reason if why else "",
        "params": dict(why.params) if why else {},
    }


def _told(found: Findings, key: tuple[str, str, str]) -> dict[str, object]:
    first = found.first[key]
    return {
        "field": first.field,
        "reason": first.reason,
        "params": dict(first.params),
        "count": found.reasons[key],
        "index": first.index,
    }


def map_named(run: ImportRun, name: str) -> ImportMap | None:
    """Return the mapping called ``name`` for such files, kept by whose run it is."""
    rows = ImportMap.objects.filter(kind=run.kind, name=name)
    own = rows.filter(owner_id=run.owner_id)
    return own.first() or (rows.first() if run.owner_id is None else None)


def _saved_map(run: ImportRun, by: Actor) -> ImportMap | None:
    """Return the latest mapping that ``by`` kept for a file with these headings."""
    if not run.headings:
        return None
    own = ImportMap.objects.filter(kind=run.kind, owner_id=by.actor_id)
    return own.filter(headings=run.headings).order_by("-saved_at").first()


def chosen_format(saved: ImportMap) -> dict[str, Any]:
    """Return what ``saved`` keeps of a format; the rest is found in each file anew."""
    kept = ("date_key", "decimal")
    return {key: saved.format[key] for key in kept if key in saved.format}
