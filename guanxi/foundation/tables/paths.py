"""Where a path of a column leads in the model."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model


@dataclass(frozen=True)
class Path:
    """
    The end of a path: its field, and whether one record can have many.

    ``field`` is None where the path leaves the model: an annotation, a key of a JSON.
    For a generated column it is the kind of field that its values are of.
    ``tie`` is what breaks ties when sorting by the path. Next to a one-to-one record it
    is that record's own key, so that one index holds both. ``relation`` is the path of
    the one other record that must be joined to read the value; empty if there is none.
    """

    field: "Field[Any, Any] | None"
    is_many: bool
    tie: str
    relation: str = ""


@cache
def path_of(model: type[Model], path: str) -> Path:
    """Return where ``path`` leads from ``model``."""
    here: type[Model] | None = model
    field: Any = None
    is_many = False
    for name in path.split("__"):
        field = _step(here, name)
        if field is None:
            return Path(None, is_many, "pk")
        is_many = is_many or field.many_to_many or field.one_to_many
        here = field.related_model if field.is_relation else None
    if not field.concrete:
        return Path(None, is_many, _tie(model, path))
    head, _, last = path.rpartition("__")
    # The key of another record, ``owner_id``, is read without that record.
    joined = path if field.is_relation and last != field.attname else head
    relation = "" if is_many else joined
    value = field.output_field if field.generated else field
    return Path(value, is_many, _tie(model, path), relation)


def _step(model: type[Model] | None, name: str) -> Any:
    if model is None:
        return None
    if name == "pk":
        return model._meta.pk
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _tie(model: type[Model], path: str) -> str:
    head, _, _last = path.rpartition("__")
    if not head or "__" in head:
        return "pk"
    relation: Any = model._meta.get_field(head)
    if not relation.one_to_one or relation.concrete:
        return "pk"
    return f"{head}__pk" if relation.related_model._meta.pk == relation.field else "pk"
