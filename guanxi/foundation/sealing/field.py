"""
A text that is sealed in the database and plain in Python.

``record.name`` opens the value when it is read, and only then; what was not assigned
anew is written back as it stood. The blind index stands in a column of its own, by which
equality is asked: see `same_as`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from guanxi.foundation.bulk import reserve_ids
from guanxi.foundation.sealing.ring import BadRing, Unreadable, ring

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class Sealed:
    """A value as the database has it; it opens for the record it was sealed for only."""

    __slots__ = ("column", "token")

    def __init__(self, token: str, column: str) -> None:
        self.token = token
        self.column = column

    def open(self, pk: object) -> str:
        """
        Return the text.

        :raises Unreadable: if its key is missing, or it belongs to another record.
        """
        return ring().open(self.token, place(self.column, pk))


class Unread(str):
    """
    What stands where a value does not open: its key is lost, or it was tampered with.

    A page says so and goes on; saved, the value stays as it was in the database.
    """

    __slots__ = ("sealed",)

    def __new__(cls, sealed: Sealed) -> "Unread":
        """Return the words for people, with the value they stand for."""
        told = super().__new__(cls, _("(cannot be read)"))
        told.sealed = sealed
        return told

    sealed: Sealed


class SealedAttribute(DeferredAttribute):
    """Opens the value when somebody reads it."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """Return the text of the record."""
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        return _text(value, instance.pk) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: object) -> None:
        """Take a new text, or what the database had."""
        instance.__dict__[self.field.attname] = value


class SealedField(_TextField):
    """
    A column of sealed texts, empty where there is none.

    ``index`` names the field of the blind index, which the model declares after this one;
    ``plain`` makes spellings of one value equal before they are indexed.
    """

    descriptor_class = SealedAttribute

    def __init__(
        self,
        *args: Any,
        index: str = "",
        plain: Callable[[str], str] = str.strip,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.index = index
        self.plain = plain

    def deconstruct(self) -> Any:
        """Return what migrations know: a text."""
        name, _kind, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options

    @property
    def column_name(self) -> str:
        """The column with its table, as values are bound to it."""
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, *_rest: object) -> Sealed | str:
        """Return what can be opened."""
        return Sealed(value, self.column_name) if value else ""

    def get_prep_value(self, value: object) -> str:
        """
        Return what the database keeps.

        :raises ValueError: for a plain text: the database is never told one.
        """
        if isinstance(value, Sealed):
            return value.token
        if value:
            raise ValueError(f"{self.name} is compared by its blind index: same_as")
        return ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | str:  # noqa: FBT001 -- Django's signature
        """Return the value sealed for its record, and index it."""
        del add
        value: Sealed | str = model_instance.__dict__.get(self.attname) or ""
        if isinstance(value, Sealed):
            return value
        if isinstance(value, Unread):
            return value.sealed
        token, index = self.sealed(model_instance.pk, value)
        setattr(model_instance, self.index, index)
        return Sealed(token, self.column_name) if token else ""

    def sealed(self, pk: object, text: str) -> tuple[str, str]:
        """Return ``text`` sealed for the record ``pk``, and its blind index."""
        if not text:
            return "", ""
        if pk is None:
            raise ValueError(f"{self.name} is sealed for a record that has a number")
        keys = ring()
        token = keys.seal(text, place(self.column_name, pk))
        return token, keys.index(self.plain(text), self.column_name)

    def indexes(self, text: str) -> Sequence[str]:
        """Return the blind indexes that a record with ``text`` may have."""
        return ring().indexes(self.plain(text), self.column_name)


class SealedModel(models.Model):
    """A model with sealed fields: it has its number before it is written."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Write the record."""
        facts = self.__dict__
        if self.pk is None and any(facts.get(f.attname) for f in sealed_fields(self)):
            (self.pk,) = reserve_ids(type(self), 1)
        super().save(*args, **options)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: "models.QuerySet[Any] | None" = None,
    ) -> None:
        """Read the record again; what is sealed stays so, and is written back unchanged."""
        wanted = None if fields is None else list(fields)
        super().refresh_from_db(using, wanted, from_queryset)
        sealed = [f.attname for f in sealed_fields(self)]
        names = [name for name in sealed if wanted is None or name in wanted]
        if names:
            rows = type(self)._base_manager.using(using).filter(pk=self.pk)
            self.__dict__.update(rows.values(*names).get())


def place(column: str, pk: object) -> str:
    """Return the place that a value of the record ``pk`` is sealed for."""
    return f"{column}.{pk}"


def sealed_fields(model: models.Model | type[models.Model]) -> list[SealedField]:
    """Return the sealed fields of a model."""
    return [f for f in model._meta.concrete_fields if isinstance(f, SealedField)]


def sealed_field(model: type[models.Model], name: str) -> SealedField:
    """Return the sealed field ``name``."""
    field = model._meta.get_field(name)
    assert isinstance(field, SealedField)
    return field


def sealed_columns(
    model: type[models.Model], pk: int, facts: Mapping[str, object]
) -> dict[str, object]:
    """Return the sealed columns and their indexes for the plain texts among ``facts``."""
    columns: dict[str, object] = {}
    for field in sealed_fields(model):
        if text := facts.get(field.name):
            columns[field.name], columns[field.index] = field.sealed(pk, str(text))
    return columns


def same_as(model: type[models.Model], name: str, *texts: str) -> Q:
    """Return the condition that the sealed field ``name`` holds one of ``texts``."""
    field = sealed_field(model, name)
    found = [index for text in texts if text for index in field.indexes(text)]
    return Q(**{f"{field.index}__in": found})


def opened(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of ``values()`` that has its ``pk``, with its sealed values open."""
    return {
        name: _text(value, row["pk"]) if isinstance(value, Sealed) else value
        for name, value in row.items()
    }


def _text(value: Sealed, pk: object) -> str:
    try:
        return value.open(pk)
    except (Unreadable, BadRing):
        return Unread(value)
