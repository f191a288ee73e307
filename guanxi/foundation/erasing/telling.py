"""Tell a person all that the house holds: the tables of the declarations, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext

from guanxi.foundation.erasing.declared import Enclosed, Holding
from guanxi.foundation.erasing.engine import holdings_of, rows_of
from guanxi.foundation.erasing.words import COMMON, OTHERWISE
from guanxi.foundation.policies import kind_of, policy_of
from guanxi.foundation.rooms import collected
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Told:
    """
    One table of what is held: its name in files, in words, and its rows by columns.

    ``kind`` is that of its own policy, if it has one, and ``files`` are those that its
    rows describe.
    """

    name: str
    label: Words
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    files: Sequence[Enclosed] = ()
    kind: str = ""


def told_about(label: str, pks: Sequence[int]) -> list[Told]:
    """
    Return all that is held about the persons ``pks``, the record itself first.

    Other people are numbers there: whom else a row names is not for this person.
    """
    found = [_told(one, pks) for one in reversed(holdings_of(label))]
    for teller in collected("tellers"):
        if teller.of == label:
            rows = teller.tell(pks)
            columns = list(rows[0]) if rows else []
            found.append(Told(teller.name, teller.label, columns, rows))
    return [one for one in found if one.rows]


def columns_of(holding: Holding) -> list["Field[Any, Any]"]:
    """Return the columns of which the person is told the values."""
    fields = apps.get_model(holding.model)._meta.concrete_fields
    return [field for field in fields if field.attname not in holding.untold]


def heads_of(told: Told, kind: str) -> list[str]:
    """Return what people call the columns of ``told``, a table about a record of ``kind``."""
    return [_label_of(column, told.kind, kind) for column in told.columns]


def _label_of(column: str, own: str, kind: str) -> str:
    """Return the word for a column: of its own table, else of the record, else its name."""
    name = column.removesuffix("_id")
    fields = policy_of(own).fields if own else {}
    if name not in fields and (own or name not in OTHERWISE):
        fields = policy_of(kind).fields
    if name in fields:
        return str(fields[name].label)
    return str(COMMON.get(name, name))


def _told(holding: Holding, pks: Sequence[int]) -> Told:
    fields = columns_of(holding)
    held = list(rows_of(holding, pks).order_by("pk"))
    rows = [
        {field.attname: _plain(row, field, pks) for field in fields} for row in held
    ]
    files = [holding.encloses(row) for row in held] if holding.encloses else []
    name = f"{holding.model.partition('.')[2].lower()}-{holding.paths[0]}"
    if holding.when:
        name += "-" + "-".join(holding.when.values())
    columns = [field.attname for field in fields]
    found = [file for file in files if file]
    kind = kind_of(apps.get_model(holding.model))
    return Told(name, holding.label, columns, rows, found, kind)


def _plain(row: Model, field: "Field[Any, Any]", pks: Sequence[int]) -> Any:
    """Return the value as JSON can carry it and a person can read it."""
    value = getattr(row, field.attname)
    if value is None or value == "":
        return value
    if isinstance(field, ForeignKey):
        return _pointed(row, field, value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return _simple(value)


def _pointed(row: Model, field: "ForeignKey[Any, Any]", value: Any) -> Any:
    """Return the words of a list entry; of people and of other records the number."""
    if field.related_model is get_user_model() or not _is_word(field.related_model):
        return value
    return str(getattr(row, field.name))


def _is_word(model: "type[Model] | str") -> bool:
    """Tell whether rows of ``model`` are words of the house, and about nobody."""
    label = model if isinstance(model, str) else model._meta.label
    return any(label in one.models for one in collected("impersonal"))


def _simple(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bool | int | float | list | dict):
        return value
    return str(value)


def flat(told: Told, kind: str) -> Iterator[list[str]]:
    """Yield the rows of ``told`` as texts, column by column, for a record of ``kind``."""
    for row in told.rows:
        yield [_text(row[name], kind) for name in told.columns]


def _text(value: Any, kind: str) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return "; ".join(_text(one, kind) for one in value)
    if isinstance(value, dict):
        pairs = ((_label_of(key, "", kind), one) for key, one in value.items())
        return "; ".join(f"{label}: {_text(one, kind)}" for label, one in pairs)
    return str(value)
