"""Commission statements for programs: /api/v1/commissions."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import From, Record, Shape
from guanxi.sales.commands.commission import approve_commission, pay_commission
from guanxi.sales.policies import COMMISSION
from guanxi.sales.queries.commission import lines_of, statement, statements
from guanxi.sales.rules.commission import Source, StatementState
from guanxi.sales.tables import COMMISSIONS

router = Router(tags=["commissions"])


class CommissionRow(Record):
    """What one person earns for one month; amounts are exact texts."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    user: Annotated[int, From("user_id", "user", is_key=True)]
    user_name: Annotated[str, From("user__name", "user")]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    month: date
    plan: Annotated[str, From("plan__name", "plan")]
    currency: Annotated[str, From("currency")]
    base: str
    total: str
    state: StatementState


class CommissionPage(Record):
    """One page of statements; ``next`` is the cursor of the following one."""

    items: list[CommissionRow]
    next: str | None


class CommissionLineRecord(Record):
    """What one payment, shipment, refund or adjustment adds."""

    source: Source
    order: int | None
    at: datetime
    share: str
    base: str
    rate: str | None
    amount: str
    reason: str


class CommissionRecord(CommissionRow):
    """One statement with its lines, if the caller reads what counts."""

    lines: list[CommissionLineRecord] | None


ROW = Shape(CommissionRow, COMMISSION)


@router.get(
    "/commissions",
    response=CommissionPage,
    summary=gettext_noop("List commission statements"),
)
def list_commissions(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the statements in sight, the latest month first."""
    return listed(request, COMMISSIONS, ROW, query)


@router.get(
    "/commissions/{int:pk}",
    response=CommissionRecord,
    summary=gettext_noop("Read one commission statement"),
)
def get_commission(request: Call, pk: int) -> HttpResponse:
    """Read one statement and all that counts in it."""
    return answer(_record(request.auth, pk))


@router.post(
    "/commissions/{int:pk}/approval",
    response=CommissionRecord,
    summary=gettext_noop("Approve a commission statement"),
)
def post_commission_approval(request: Call, pk: int) -> HttpResponse:
    """Approve a draft: from now on it stands."""
    approve_commission(request.auth, statement(request.auth, pk), at=now())
    return answer(_record(request.auth, pk))


@router.post(
    "/commissions/{int:pk}/payout",
    response=CommissionRecord,
    summary=gettext_noop("Mark a commission statement as paid out"),
)
def post_commission_payout(request: Call, pk: int) -> HttpResponse:
    """Say that an approved statement is paid out."""
    pay_commission(request.auth, statement(request.auth, pk), at=now())
    return answer(_record(request.auth, pk))


def _record(viewer: Actor, pk: int) -> dict[str, Any]:
    found = statement(viewer, pk)
    rows = statements(viewer).filter(pk=pk)
    record: dict[str, Any] = ROW.one(viewer, rows, at=now())
    if "base" in COMMISSION.readable(viewer):
        names = (
            "source",
            "order_id",
            "at",
            "share",
            "base",
            "rate",
            "amount",
            "reason",
        )
        record["lines"] = [
            {name.removesuffix("_id"): row[name] for name in names}
            for row in lines_of(found).values(*names)
        ]
    return record
