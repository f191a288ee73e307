"""The list of commission statements, as a page and as REST."""

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.parts import each, fixed
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.queries import team_choices, user_choices
from guanxi.sales.commands.commission import (
    approve_commission,
    pay_commission,
    reopen_commission,
)
from guanxi.sales.models import CommissionStatement
from guanxi.sales.queries.commission import statements
from guanxi.sales.rules.commission import TONES, StatementState

Rows = list[CommissionStatement]


def _approve(by: Actor, rows: Rows, _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: approve_commission(by, row, at=now()), named=_name)


def _reopen(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = statements(by).filter(pk__in=before)
    return each(rows, lambda row: reopen_commission(by, row, at=now()), named=_name)


def _pay(by: Actor, rows: Rows, _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: pay_commission(by, row, at=now()), named=_name)


def _name(row: CommissionStatement) -> str:
    return f"{row.user.name} {row.month:%Y-%m}"


def _find(_viewer: Actor, text: str) -> Q:
    return Q(user__name__icontains=text) | Q(user__sort_name__icontains=text)


COMMISSIONS = Table(
    key="commissions",
    kind="commission",
    model=CommissionStatement,
    title=_("Commissions"),
    url="sales:commissions",
    rows=statements,
    search=_find,
    searched=["user"],
    default_sort="-month",
    template="sales/commission_list.html",
    columns=[
        Column(
            "user",
            _("Person"),
            kind=ColumnKind.USER,
            choices=user_choices,
            link="sales:commission",
        ),
        Column(
            "month",
            _("Month"),
            kind=ColumnKind.DATE,
            sort="month",
        ),
        Column("plan", pgettext_lazy("commission", "Plan"), path="plan__name"),
        Column("base", pgettext_lazy("commission", "Base"), kind=ColumnKind.MONEY),
        Column(
            "total", pgettext_lazy("commission", "Commission"), kind=ColumnKind.MONEY
        ),
        Column(
            "state",
            pgettext_lazy("statement", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(StatementState.choices),
            tone=TONES.__getitem__,
        ),
        Column(
            "team", _("Team"), kind=ColumnKind.TEAM, choices=team_choices, shown=False
        ),
        Column(
            "approved_by",
            _("Approved by"),
            kind=ColumnKind.USER,
            choices=user_choices,
            shown=False,
        ),
    ],
    bulk=[
        Bulk(
            "approve",
            _("Approve"),
            "check",
            "commission.approve",
            _approve,
            undo=_reopen,
            undo_needs="commission.approve",
        ),
        Bulk("pay", _("Mark as paid out"), "cash", "commission.pay", _pay),
    ],
    empty=Empty(
        _("No commissions yet"),
        _("They are drawn up for each month by the plan that is in force."),
    ),
)
