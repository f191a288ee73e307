"""Count the relationships with customers, month by month."""

from datetime import date, datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from guanxi.analytics.models import RelationMonth
from guanxi.analytics.rules import MONTHS, PERIOD_DAYS, end_of, months_until
from guanxi.customers.queries.sums import apart_facts
from guanxi.customers.queries.trait import relation_facts
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.sales.queries.fact import purchase_days

# Orders and customers are read once, not once for each month.
_GATHER = (
    """
    CREATE TEMP TABLE purchase_day ON COMMIT DROP AS
    SELECT DISTINCT customer_id, ordered_on FROM ({orders}) o
    WHERE ordered_on > %(first)s - {period} AND ordered_on <= %(last)s
    """,
    """
    CREATE TEMP TABLE relation ON COMMIT DROP AS
    SELECT c.*, a.record_id AS apart_id FROM ({customers}) c
    LEFT JOIN ({apart}) a ON a.record_id = c.customer_id
    """,
    "ANALYZE purchase_day, relation",
)
# One purchase day in the period is a quarter of what four are, and more than four are no
# more than four; of the other half a day without a purchase takes a 365th.
_COUNT = """
    INSERT INTO analytics_relationmonth
      (month_on, counted_at, owner_id, team_id, tier, customer_id, customers, days, quality)
    SELECT %(month_on)s, %(at)s, c.owner_id, c.team_id, coalesce(c.tier, ''),
      c.apart_id, count(*),
      sum(%(until)s - least(coalesce(c.first_order_on, b.first_on), b.first_on)),
      sum(round(12.5 * least(b.days, 4)
        + 50 * (1 - (%(until)s - b.last_on) / {period}.0)))
    FROM (
      SELECT customer_id, count(*) AS days,
        min(ordered_on) AS first_on, max(ordered_on) AS last_on
      FROM purchase_day
      WHERE ordered_on > %(until)s - {period} AND ordered_on <= %(until)s
      GROUP BY customer_id
    ) b JOIN relation c ON c.customer_id = b.customer_id
    GROUP BY c.owner_id, c.team_id, coalesce(c.tier, ''), c.apart_id
"""
_FORGET = "DROP TABLE purchase_day, relation"


@command(needs="analysis.run")
def count_relationships(by: Actor, *, as_of: date, at: datetime) -> int:
    """
    Count the relationships at the end of each of the latest months up to ``as_of``.

    All months anew: orders and owners are those known now. Return how many rows there
    are; the formulas stand in docs/laws/analytics.md.
    """
    RelationMonth.objects.all().delete()
    ends = [
        (month_on, end_of(month_on, as_of)) for month_on in months_until(as_of, MONTHS)
    ]
    with connection.cursor() as cursor:
        _gather(cursor, first=ends[0][1], last=as_of)
        for month_on, until in ends:
            days = {"month_on": month_on, "until": until, "at": at}
            cursor.execute(_COUNT.format(period=PERIOD_DAYS), days)
        cursor.execute(_FORGET)
    return RelationMonth.objects.count()


def _gather(cursor: CursorWrapper, *, first: date, last: date) -> None:
    for statement in _GATHER:
        asked = statement.format(
            orders=purchase_days(),
            customers=relation_facts(),
            apart=apart_facts(),
            period=PERIOD_DAYS,
        )
        cursor.execute(asked, {"first": first, "last": last})
