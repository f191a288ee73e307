"""The file that brings refused rows back: the same columns, and the reason."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.foundation.actor import System
from guanxi.foundation.imports.kinds import ImportKind, import_kind
from guanxi.foundation.imports.source import refused_path, rows_of
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.models import ImportRun, RefusedRow
from guanxi.foundation.sheets.write import write_csv

NOT_STORABLE = Invalid(
    gettext_lazy("The database cannot store this row. Check its values."),
    code="not_storable",
)


def write_refused(run: ImportRun) -> Path:
    """Write the refused rows of ``run`` with their reasons, in the language of the run."""
    target = refused_path(run)
    part = target.with_suffix(".part")
    with translation.override(run.language), part.open("wb") as file:
        write_csv(file, _heads(run), _rows(run))
    return part.replace(target)


def reason_of(row: RefusedRow, labels: dict[str, str]) -> str:
    """Return why a row was refused, in the language of the moment."""
    return told(row.field, row.reason, row.params, labels)


def told(
    field: str, reason: str, params: dict[str, object], labels: dict[str, str]
) -> str:
    """Return a reason in the language of the moment, led by the field it speaks of."""
    sentence = _(reason) % params if params else _(reason)
    label = labels.get(field)
    if not label:
        return sentence
    return _("%(field)s: %(reason)s") % {"field": label, "reason": sentence}


def labels_of(kind: ImportKind) -> dict[str, str]:
    """Return what the fields of ``kind`` are called, whoever may fill them."""
    return {one.key: str(one.label) for one in kind.fields(System("labels"))}


def _heads(run: ImportRun) -> list[str]:
    width = max([len(run.headings), *(int(at) + 1 for at in run.columns)])
    heads = [*run.headings, *[""] * (width - len(run.headings))]
    return [*heads, _("Row"), _("Reason")]


def _rows(run: ImportRun) -> Iterator[list[str | int]]:
    """Return the refused rows as they stand in the file, each with number and reason."""
    labels = labels_of(import_kind(run.kind))
    width = len(_heads(run)) - 2
    cells = rows_of(run)
    at = 0
    refused = RefusedRow.objects.filter(run=run).order_by("index")
    for row in refused.iterator(chunk_size=2000):
        found = next(islice(cells, row.index - at, None), [])
        at = row.index + 1
        padded = [*found, *[""] * (width - len(found))]
        yield [*padded, row.number, reason_of(row, labels)]
