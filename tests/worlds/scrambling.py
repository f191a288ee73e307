"""Other values for columns: of the same type and length, and nothing else the same."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

Mask = Callable[[str], str]


def scrambled(value: Any) -> Any:
    """Return another value of the same type; lists and objects keep their keys."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return _other_text(value)
    if isinstance(value, int | float | Decimal):
        return value + 1
    if isinstance(value, datetime):
        return value - timedelta(hours=7)
    if isinstance(value, date):
        return value - timedelta(days=7)
    if isinstance(value, list):
        return [scrambled(one) for one in value]
    if isinstance(value, dict):
        return {key: scrambled(one) for key, one in value.items()}
    return value


def _other_text(value: str) -> str:
    """Return another text; of a day in words of programs another day."""
    try:
        return (date.fromisoformat(value) - timedelta(days=7)).isoformat()
    except ValueError:
        return "".join(map(_next, value))


def alike(value: str, mask: Mask) -> str:
    """Return another text that ``mask`` covers to the same."""
    found = value
    for place, char in enumerate(value):
        tried = found[:place] + _next(char) + found[place + 1 :]
        if mask(tried) == mask(value):
            found = tried
    return found


def is_free(field: "models.Field[Any, Any]") -> bool:
    """Tell whether the rows of a column may say anything: no keys, marks and words."""
    kinds = (
        models.CharField,
        models.TextField,
        models.IntegerField,
        models.DecimalField,
        models.FloatField,
        models.DateField,
        models.JSONField,
        models.BooleanField,
    )
    fixed = field.primary_key or field.choices or field.is_relation
    is_number_of_another = field.name.endswith("_id")
    return isinstance(field, kinds) and not fixed and not is_number_of_another


def _next(char: str) -> str:
    """Return another sign of the same kind."""
    if char in "0123456789":
        return str((int(char) + 3) % 10)
    if char.isascii() and char.isalpha():
        return "e" if char.lower() == "x" else "x"
    return chr(ord(char) + 1) if "\u4e00" <= char < "\u9fff" else char
