"""The list of who saw how much on which day."""

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.commands.access_day import review_days
from guanxi.identity.models import AccessDay
from guanxi.identity.queries.access_day import access_days


def _mark(by: Actor, rows: list[AccessDay], words: Mapping[str, str]) -> BulkResult:
    return BulkResult(review_days(by, rows, remark="", at=now()))


ACCESS_DAYS = Table(
    key="access-days",
    kind="access_day",
    model=AccessDay,
    title=gettext_lazy("Access review"),
    url="identity:access_days",
    rows=access_days,
    search=lambda viewer, text: Q(user__name__icontains=text),
    searched=["user"],
    default_sort="-day",
    columns=[
        Column(
            "day",
            gettext_lazy("Day"),
            kind=ColumnKind.DATE,
            sort="day",
            link="identity:access_day",
        ),
        Column(
            "user",
            gettext_lazy("User"),
            text=lambda row: str(row.user.name),
            path="user__name",
        ),
        Column(
            "records", gettext_lazy("Records"), kind=ColumnKind.NUMBER, sort="records"
        ),
        Column(
            "is_outlier",
            gettext_lazy("Stands out"),
            kind=ColumnKind.BOOLEAN,
            tone=lambda key: "red",
        ),
        Column("usual", gettext_lazy("Usual for this person"), kind=ColumnKind.NUMBER),
        Column("peers", gettext_lazy("Colleagues that day"), kind=ColumnKind.NUMBER),
        Column("views", pgettext_lazy("access", "Views"), kind=ColumnKind.NUMBER),
        Column("reveals", gettext_lazy("Reveals"), kind=ColumnKind.NUMBER),
        Column("exports", gettext_lazy("Exports"), kind=ColumnKind.NUMBER),
        Column(
            "is_reviewed",
            gettext_lazy("Reviewed"),
            kind=ColumnKind.BOOLEAN,
            tone=lambda key: "green",
        ),
        Column("remark", gettext_lazy("Remark"), shown=False),
    ],
    empty=Empty(
        gettext_lazy("Nobody has looked at protected values yet"),
        gettext_lazy("Each person's day stands here once somebody has."),
    ),
    bulk=[
        Bulk(
            key="review",
            label=gettext_lazy("Mark as reviewed"),
            icon="check",
            needs="access_day.review",
            run=_mark,
        )
    ],
)
