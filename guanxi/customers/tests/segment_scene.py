"""Segments and their members, as tests look at them."""

from datetime import UTC, datetime, timedelta

from guanxi.customers.commands.segment import SegmentFacts
from guanxi.customers.models import Segment
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.segment import segment_members
from guanxi.foundation.actor import System
from guanxi.foundation.tables.where import parse

HOUSE = System("tests")
# Five in the afternoon in Shanghai.
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NEXT_DAY = AT + timedelta(days=1)


def fitting_names(viewer: object, text: str) -> set[str]:
    criteria = Criteria(viewer, AT)  # type: ignore[arg-type]  # -- any actor
    return set(criteria.fitting(parse(text)).values_list("name", flat=True))


def segment_facts(text: str = "city.eq.上海", **facts: object) -> SegmentFacts:
    given = {"name": "上海客户", "definition": parse(text), **facts}
    return SegmentFacts(**given)  # type: ignore[arg-type]  # -- as given


def member_names(viewer: object, segment: Segment) -> set[str]:
    rows = segment_members(viewer, segment)  # type: ignore[arg-type]  # -- any actor
    return set(rows.values_list("name", flat=True))
