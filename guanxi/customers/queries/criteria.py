"""What a segment can ask about a customer, and the customers to whom the answer is yes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_stored_only
from guanxi.customers.rules.segment import BadDefinition, Place, places_of
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import Tally, collected, tallies_of
from guanxi.foundation.tables.filters import Filters
from guanxi.foundation.tables.table import Column, ColumnKind, Table
from guanxi.foundation.tables.where import BadFilter, Condition, Group, conditions_of
from guanxi.foundation.words import Words

# A segment of segments could ask itself.
_NOT_ASKED = frozenset({"segment"})
# Beside what the list of customers shows: what only a group of them is found by.
_MORE: Sequence[Column] = (
    Column("birthday", _("Birthday"), "birth_on", ColumnKind.ANNIVERSARY, "birth_on"),
    Column("birth_on", _("Date of birth"), kind=ColumnKind.DATE),
    Column("employees", _("Employees"), kind=ColumnKind.NUMBER),
    Column("annual_revenue", _("Annual revenue"), kind=ColumnKind.MONEY),
    Column("founded_year", _("Founded in"), kind=ColumnKind.NUMBER),
    Column(
        "import_run",
        _("Number of the import"),
        "import_run_id",
        ColumnKind.NUMBER,
        "source",
    ),
)
_GROUPS: Sequence[tuple[Words, frozenset[str]]] = (
    (
        _("Value and loyalty"),
        frozenset(
            (
                *("tier", "order_total", "order_mean", "m", "rfm_segment", "is_key"),
                *("purchase_state", "life_stage", "credit_grade", "credit_limit"),
                *("p_alive", "expected_orders", "expected_amount", "churn_risk"),
                *("grade", "grade_score", "life_pattern"),
                *("satisfaction", "lock_in", "switching_cost"),
                *("lifetime_value", "future_value"),
            )
        ),
    ),
    (
        _("Buying"),
        frozenset(
            (
                *("order_count", "last_order_on", "first_order_on", "next_order_on"),
                *("rhythm_days", "r", "f"),
            )
        ),
    ),
    (_("Contact and consent"), frozenset(("consent", "phone", "email"))),
    (
        _("Size and trade"),
        frozenset(("employees", "annual_revenue", "founded_year", "industry")),
    ),
)
_COUNTED, _REST = _("Counted in a span of time"), _("About the customer")


@dataclass(frozen=True)
class Criteria:
    """What ``viewer`` can ask at ``at``, and the customers he sees that it is true of."""

    viewer: Actor
    at: datetime

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The fields and counts by their keys: what he reads in clear, and no other."""
        clear = CUSTOMER.readable(self.viewer)
        listed = [c for c in _table().readable(self.viewer) if c.filterable]
        more = [c for c in _MORE if c.policy_field in clear]
        counted = [_column_of(one) for one in tallies_of(self.viewer, CUSTOMER.kind)]
        found = [c for c in (*listed, *more, *counted) if c.key not in _NOT_ASKED]
        return {column.key: column for column in found}

    @cached_property
    def today(self) -> date:
        """The day it is where the house stands."""
        return house_day(self.at)

    @cached_property
    def filters(self) -> Filters:
        """What turns a definition into a condition and into words."""
        return Filters(self.columns, Customer, self.viewer, self.today)

    def grouped(self) -> Mapping[str, Sequence[Column]]:
        """Return the columns by what they are about, in the order of a menu."""
        groups: dict[str, list[Column]] = {str(label): [] for label, _keys in _GROUPS}
        groups |= {str(_COUNTED): [], str(_REST): []}
        for column in self.columns.values():
            groups[_group_of(column)].append(column)
        return {label: columns for label, columns in groups.items() if columns}

    def problems(self, definition: Group) -> Mapping[Place, str]:
        """Return what is wrong with each condition that cannot be asked."""
        wrong = {}
        for place, condition in places_of(definition):
            try:
                self._compiled(condition)
            except BadFilter as refusal:
                wrong[place] = refusal.message
        return wrong

    def fitting(self, definition: Group) -> QuerySet[Customer]:
        """
        Return the customers the viewer sees that fit; all of them if nothing is asked.

        Those whose record may only be stored are in no segment.

        :raises BadDefinition: for a condition that he cannot ask.
        """
        if wrong := self.problems(definition):
            text = ngettext(
                "One condition cannot be asked: %(first)s",
                "%(n)d conditions cannot be asked. The first: %(first)s",
                len(wrong),
            )
            first = next(iter(wrong.values()))
            raise BadDefinition(text % {"n": len(wrong), "first": first}, wrong)
        rows = customers(self.viewer).filter(~is_stored_only())
        asked = {one.key for one in conditions_of(definition)}
        values = {k: c.value for k, c in self.columns.items() if k in asked and c.value}
        fitting = self._compiled(definition)
        return rows.alias(**values).filter(fitting)

    def sentence(self, definition: Group) -> str:
        """Return a definition, that `fitting` takes, in words."""
        return self.filters.sentence(definition)

    def needs(self, definition: Group) -> list[str]:
        """Return what one must be able to ask to see who fits; see `askable`."""
        asked = {one.key for one in conditions_of(definition)}
        return sorted({_need_of(self.columns[key]) for key in asked})

    def _compiled(self, node: Group | Condition) -> Q:
        # Days begin where the house stands, whoever asks from wherever.
        with timezone.override(ZoneInfo(settings.TIME_ZONE)):
            return self.filters.compiled(node)


def _need_of(column: Column) -> str:
    if column.tally:
        return f"tally.{column.tally.key}"
    return CUSTOMER.permission(column.policy_field)


def _column_of(tally: Tally) -> Column:
    kind = ColumnKind.PART if tally.part else ColumnKind.TALLY
    return Column(
        key=tally.key,
        label=tally.label,
        path="pk",
        kind=kind,
        choices=tally.parts,
        tally=tally,
    )


def _group_of(column: Column) -> str:
    if column.tally:
        return str(_COUNTED)
    found = (label for label, keys in _GROUPS if column.key in keys)
    return str(next(found, _REST))


def _table() -> Table:
    """Return the list of customers: its columns are what there is to ask."""
    tables: Iterable[Table] = collected("tables")
    return next(table for table in tables if table.kind == CUSTOMER.kind)
