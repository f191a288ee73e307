"""One viewer's sight of a list: his columns, his rows, in the order he asked for."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import Shown
from guanxi.foundation.compiled import who_is
from guanxi.foundation.policies import policy_of
from guanxi.foundation.sealing.ring import ring
from guanxi.foundation.tables import keyset, patience
from guanxi.foundation.tables.cells import reader
from guanxi.foundation.tables.estimate import estimated_rows
from guanxi.foundation.tables.filters import Filters
from guanxi.foundation.tables.paths import path_of
from guanxi.foundation.tables.state import State
from guanxi.foundation.tables.table import Column, ColumnKind, Table
from guanxi.foundation.tables.where import BadFilter, Group, conditions_of


@dataclass
class Listing:
    """A table as ``viewer`` asks for it with ``state`` on the day ``today``."""

    table: Table
    viewer: Actor
    state: State
    today: date

    @cached_property
    def clear(self) -> Mapping[str, Column]:
        """The columns the viewer reads in clear: what may filter and sort."""
        return {c.key: c for c in self.table.readable(self.viewer)}

    @cached_property
    def showable(self) -> Mapping[str, Column]:
        """The columns he may show, some of them masked."""
        return {c.key: c for c in self.table.showable(self.viewer)}

    @cached_property
    def columns(self) -> Sequence[Column]:
        """The columns to show: those chosen, else the usual ones."""
        chosen = [self.showable[k] for k in self.state.columns if k in self.showable]
        return chosen or [c for c in self.showable.values() if c.shown]

    @cached_property
    def filters(self) -> Filters:
        """What the viewer can filter by."""
        columns = {key: c for key, c in self.clear.items() if c.filterable}
        return Filters(columns, self.table.model, self.viewer, self.today)

    @cached_property
    def sort(self) -> str:
        """
        The column sorted by, with a minus when descending; ``pk`` is always possible.

        :raises BadFilter: for a column he cannot sort by, hidden or not there.
        """
        if self.state.sort:
            self._check_sort(self.state.sort)
        return self.state.sort or self.usual_sort

    @cached_property
    def usual_sort(self) -> str:
        """The table's usual sort, unless its column is hidden from the viewer."""
        usual = self.table.default_sort
        return usual if usual.removeprefix("-") in self.sortable else "-pk"

    @cached_property
    def sortable(self) -> Mapping[str, Column]:
        """The columns he can sort by."""
        return {key: c for key, c in self.clear.items() if c.sort}

    @cached_property
    def order(self) -> keyset.Order:
        """How the rows are ordered."""
        is_descending = self.sort.startswith("-")
        column = self.sortable.get(self.sort.removeprefix("-"))
        if column is None:
            return keyset.Order("pk", is_descending)
        tie = path_of(self.table.model, column.sort).tie
        return keyset.Order(
            column.sort, is_descending, column.nullable, tie, output=column.output
        )

    @cached_property
    def fitting(self) -> Q:
        """
        The condition of the filter and the search together.

        :raises BadFilter: for a field he cannot filter by, or one that is searched.
        """
        fitting = self.filters.compiled(self.state.where)
        if self.state.query and self.table.search:
            self._check_search()
            fitting &= self.table.search(self.viewer, self.state.query)
        return fitting

    @cached_property
    def rows(self) -> "QuerySet[Any]":
        """The rows that fit, in no order yet, with what the columns show."""
        return self.shown.filter(self.fitting)

    @property
    def shown(self) -> "QuerySet[Any]":
        """All rows he may see, in no order yet, with what the columns show."""
        return self._joined(self.seen)

    @cached_property
    def fits(self) -> "QuerySet[Any]":
        """The rows that fit, in no order yet, with nothing to show."""
        rows = self.seen.filter(self.fitting)
        return rows.select_related(None).prefetch_related(None)

    @cached_property
    def seen(self) -> "QuerySet[Any]":
        """All rows he may see, in no order yet."""
        sure = self.table.sure
        rows: QuerySet[Any] = self.table.rows(self.viewer)
        if sure and self.order.path.startswith(f"{sure}__"):
            rows = rows.filter(**{f"{sure}__isnull": False})
        return self._with_values(rows)

    def _with_values(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return ``rows`` with the values that are no columns of the database."""
        values = {key: c.value for key, c in self.showable.items() if c.value}
        if not values:
            return rows
        read = {c.key for c in self.columns} | {self.sort.removeprefix("-")}
        rows = rows.alias(**{k: v for k, v in values.items() if k not in read})
        found: QuerySet[Any] = rows.annotate(
            **{k: v for k, v in values.items() if k in read}
        )
        return found

    def page(self) -> keyset.Page:
        """
        Return the page the state asks for.

        :raises BadFilter: if it takes too long to find, or for a cursor of another list.
        """
        return patience.page(
            self.source(lambda own: own.shown, tuple(c.key for c in self.columns)),
            self.order,
            is_narrowed=self.state.is_narrowed,
            size=self.state.size,
            after=self.state.after,
            before=self.state.before,
        )

    def source(
        self, build: Callable[["Listing"], "QuerySet[Any]"], shape: Hashable
    ) -> keyset.Source:
        """
        Return those rows of ``build`` that fit, compiled once for each ``shape``.

        ``build`` brings along what is shown of any row, which ``shape`` names.
        What a filter means may depend on who asks, so it is compiled for him alone. A
        search may look something up first: it is compiled anew each time.
        """
        key = (self.table.key, shape, self._narrowed_to)
        is_narrowed = self.state.is_narrowed
        return keyset.Source(
            self.table.model,
            self.viewer,
            lambda viewer: build(self._as(viewer)),
            (lambda viewer: self._as(viewer).fits) if is_narrowed else None,
            None if self.state.query else key,
            is_own=is_narrowed,
        )

    def _as(self, viewer: Actor) -> "Listing":
        """Return the list as ``viewer`` asks for it."""
        return self if viewer is self.viewer else replace(self, viewer=viewer)

    @cached_property
    def _narrowed_to(self) -> Hashable:
        """The filter, and all that its meaning depends on: who asks, where and when."""
        if not self.state.is_narrowed:
            return None
        when = self.today, get_current_timezone_name()
        where = self.state.where
        return where, when, self._keys_of(where), *who_is(self.viewer).items()

    def _keys_of(self, where: Group) -> Hashable:
        """Return what a filter by sealed values depends on: the keys of their indexes."""
        columns = (self.clear.get(one.key) for one in conditions_of(where))
        is_sealed = any(c and c.kind is ColumnKind.SEALED for c in columns)
        return tuple(ring().keys) if is_sealed else ()

    def estimate(self) -> int:
        """Return about how many rows fit."""
        if self.state.query:
            return estimated_rows(lambda: self.fits)
        who = who_is(self.viewer).items()
        key = self.table.key, self._narrowed_to, *who
        return estimated_rows(lambda: self.fits, self.viewer.grants.worked_out, key)

    def protected(self, page: keyset.Page) -> Shown:
        """Return the protected values among what the columns show in clear of ``page``."""
        policy = policy_of(self.table.kind)
        clear = policy.protected(self.viewer)
        read = {
            column.policy_field: reader(column, self.table, self.viewer)
            for column in self.columns
            if column.policy_field in clear
        }
        return {
            row.pk: {name: value_of(row) for name, value_of in read.items()}
            for row in page.rows
        }

    def _joined(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """
        Return ``rows`` with the records that plain columns show, and no others.

        What a computed text reads, the table's own rows bring along.
        """
        for column in self.columns:
            if column.is_computed:
                continue
            if column.kind is ColumnKind.TAGS:
                rows = rows.annotate(**{column.words: _names(self.table, column)})
            elif relation := path_of(self.table.model, column.source).relation:
                rows = rows.select_related(relation)
        return rows

    def _check_search(self) -> None:
        hidden = set(self.table.searched) - policy_of(self.table.kind).readable(
            self.viewer
        )
        if hidden:
            raise BadFilter(
                _("You cannot search here: what is searched is hidden from you.")
            )

    def _check_sort(self, sort: str) -> None:
        key = sort.removeprefix("-")
        if key not in self.sortable and key != "pk":
            raise BadFilter(
                _("There is no field “%(key)s” to sort by.") % {"key": key[:60]}
            )


def _names(table: Table, column: Column) -> ArraySubquery:
    """Return the names behind a many-to-many field, read with the row they belong to."""
    field: Any = table.model._meta.get_field(column.source)
    name = f"{field.m2m_reverse_field_name()}__name"
    links = field.remote_field.through.objects.filter(
        **{field.m2m_field_name(): OuterRef("pk")}
    )
    return ArraySubquery(links.order_by(name).values(name))
