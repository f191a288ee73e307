"""Segments: which there are, who belongs to them, and how that has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from guanxi.customers.models import Customer, Segment, SegmentCount, SegmentMember
from guanxi.customers.policies import CUSTOMER, SEGMENT
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.segment import read_definition
from guanxi.foundation.actor import Actor, Depth, System
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.tables.where import Group

HOUSE = System(gettext_noop("segments"))
MOST_DAYS = 400
MOST_STAYS = 50


@dataclass(frozen=True)
class Stay:
    """How long a customer belonged to a segment."""

    segment: Segment
    joined_on: date
    left_on: date | None


def segments(viewer: Actor) -> "QuerySet[Segment]":
    """Return the segments ``viewer`` may see, by name."""
    rows = Segment.objects.filter(SEGMENT.visible(viewer), deleted_at=None)
    return rows.select_related("owner").order_by("name", "pk")


def segment(viewer: Actor, pk: int) -> Segment:
    """
    Return one segment.

    :raises NotVisible: if there is none for ``viewer``, or it is deleted.
    """
    found = segments(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def deleted_segment(viewer: Actor, pk: int) -> Segment:
    """
    Return one deleted segment.

    :raises NotVisible: if there is none that ``viewer`` may restore.
    """
    rows = Segment.objects.filter(SEGMENT.visible(viewer, "delete"), pk=pk)
    found = rows.filter(deleted_at__isnull=False).first()
    if found is None:
        raise NotVisible
    return found


def segment_members(viewer: Actor, found: Segment) -> QuerySet[Customer]:
    """
    Return the customers of a segment whom ``viewer`` may see, as of its last refresh.

    What every list, campaign and report asks.
    """
    return customers(viewer).filter(Exists(_stays(found.pk)))


def in_segments(answers: Sequence[str], viewer: Actor, _today: date) -> Q:
    """
    Return the condition of customers that belong to one of the segments ``answers``.

    Which of them ``viewer`` may see is asked again each time the condition is.
    """
    seen = segments(viewer).order_by().filter(pk__in=[int(a) for a in answers])
    stays = SegmentMember.objects.filter(left_at=None, segment__in=seen.values("pk"))
    return Q(pk__in=stays.values("customer_id"))


def definition_of(found: Segment) -> Group:
    """Return the conditions of a segment."""
    return read_definition(found.definition)


def sight_of(found: Segment) -> Actor | None:
    """
    Return whose sight decides who belongs to a segment: its owner's, or the house's.

    None if the owner is not active any more.
    """
    if found.owner_id is None:
        return HOUSE
    users = get_user_model().objects.filter(is_active=True)
    owner: Actor | None = users.filter(pk=found.owner_id).first()
    return owner


def sentence_of(viewer: Actor, found: Segment, at: datetime) -> str:
    """Return a definition in words; empty if ``viewer`` cannot ask all of it (now)."""
    criteria, group = Criteria(viewer, at), definition_of(found)
    if not group.members or criteria.problems(group):
        return ""
    return criteria.sentence(group)


def counts_of(found: Segment) -> Sequence[SegmentCount]:
    """Return how many belonged to a segment day by day, the first day first."""
    rows = SegmentCount.objects.filter(segment=found).order_by("-counted_on")
    return list(rows[:MOST_DAYS])[::-1]


def is_counted_for(viewer: Actor, found: Segment) -> bool:
    """
    Tell whether the kept numbers of a segment are those ``viewer`` would count himself.

    They count whom its owner sees: who sees fewer must not learn of the others.
    """
    is_own = found.owner_id is not None and found.owner_id == viewer.actor_id
    return is_own or viewer.grants.depth(CUSTOMER.permission("read")) is Depth.ALL


def size_of(viewer: Actor, found: Segment) -> int:
    """Return how many of a segment ``viewer`` sees."""
    if is_counted_for(viewer, found):
        return found.members
    return segment_members(viewer, found).count()


def stays_of(viewer: Actor, customer: Customer) -> Sequence[Stay]:
    """Return the segments ``viewer`` sees that a customer is or was in, the latest first."""
    latest = asked_by(viewer, _stays_seen, customer_id=customer.pk)
    return [
        Stay(
            one.segment,
            house_day(one.joined_at),
            house_day(one.left_at) if one.left_at else None,
        )
        for one in latest
    ]


def _stays_seen(viewer: Actor, customer_id: int) -> "QuerySet[SegmentMember]":
    rows = SegmentMember.objects.filter(
        customer_id=customer_id, segment__in=segments(viewer).order_by().values("pk")
    )
    return rows.select_related("segment").order_by("-joined_at", "-pk")[:MOST_STAYS]


def segment_names(viewer: Actor) -> Mapping[str, str]:
    """Return the segments ``viewer`` can filter by, by the keys of the filter."""
    return {str(one.pk): one.title for one in segments(viewer)}


def _stays(pk: int) -> "QuerySet[SegmentMember]":
    return SegmentMember.objects.filter(
        segment=pk, customer=OuterRef("pk"), left_at=None
    )
