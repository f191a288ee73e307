"""Make, change, delete and restore segments."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from guanxi.customers.commands.segment_member import fill_once, refresh_soon
from guanxi.customers.events import (
    SegmentChanged,
    SegmentCreated,
    SegmentDeleted,
    SegmentRestored,
)
from guanxi.customers.models import Segment
from guanxi.customers.policies import SEGMENT
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.segment import definition_of
from guanxi.customers.rules.segment import (
    BadDefinition,
    Membership,
    Sharing,
    written_definition,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.policies import require
from guanxi.foundation.tables.where import NOTHING, Group

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 300
LONGEST_STRATEGY = 4000
_NAMED = ("name", "description", "sharing", "strategy", "budget")
_DATED = ("budget_from", "budget_until")


class BadSegment(Refused):
    """A segment needs a name, and conditions unless it is filled by hand."""

    code = "bad_segment"


class BadPlan(Refused):
    """A budget is a positive amount for a span of days."""

    code = "bad_plan"


@dataclass(frozen=True, kw_only=True)
class SegmentPlan:
    """What is spent on the customers of a segment, when, and how they are kept."""

    budget: Decimal | None = None
    budget_from: date | None = None
    budget_until: date | None = None
    strategy: str = ""


@dataclass(frozen=True, kw_only=True)
class SegmentFacts:
    """What people decide about a segment."""

    name: str
    description: str = ""
    membership: Membership = Membership.DYNAMIC
    definition: Group = NOTHING
    sharing: Sharing = Sharing.OWN
    plan: SegmentPlan = field(default_factory=SegmentPlan)


@command(needs="segment.create")
def create_segment(by: Actor, facts: SegmentFacts, *, at: datetime) -> Segment:
    """
    Make a segment of the customers that fit, and find them.

    :raises BadSegment: without a name, or without conditions that decide.
    :raises BadDefinition: for a condition that ``by`` cannot ask.
    :raises BadPlan: for a budget that is none.
    :raises Denied: to share it, without the right to.
    """
    _require_lawful(by, facts, at)
    _require_sharing(by, Sharing.OWN, facts.sharing)
    made = Segment(owner_id=by.actor_id, team_id=by.team_id, created_at=at)
    _write(by, made, facts, at)
    made.save()
    publish(SegmentCreated(segment_id=made.pk, name=made.name, at=at))
    if made.is_dynamic:
        refresh_soon(made, at=at)
    elif facts.definition.members:
        fill_once(by, made, at=at)
    return made


@command(needs="segment.edit")
def change_segment(
    by: Actor,
    segment: Segment,
    facts: SegmentFacts,
    *,
    version: int | None = None,
    at: datetime,
) -> Segment:
    """
    Change what was decided about a segment; who belongs to it follows.

    :raises Conflict: if somebody changed it since ``version``.
    :raises BadSegment: without a name, or if it is to be filled otherwise than before.
    :raises BadDefinition: for a condition that ``by`` cannot ask.
    :raises BadPlan: for a budget that is none.
    :raises Denied: to share it with more people, without the right to.
    """
    held = _held(segment)
    if version is not None and version != held.version:
        raise Conflict(_("Somebody else has changed this segment. Look at it again."))
    if facts.membership != held.membership:
        told = _("A segment stays filled as it was: by its definition, or by hand.")
        raise BadSegment(told, field="membership")
    _require_lawful(by, facts, at)
    _require_sharing(by, Sharing(held.sharing), facts.sharing)
    before, asked = _audited(held), held.definition
    _write(by, held, facts, at)
    is_redefined = held.definition != asked
    changes = dict(changes_of(SEGMENT, before, _audited(held)))
    if is_redefined:
        changes["definition"] = (str(held.version), str(held.version + 1))
    if not changes:
        return held
    held.version += 1
    held.save()
    publish(SegmentChanged(segment_id=held.pk, name=held.name, at=at), changes=changes)
    if is_redefined and held.is_dynamic:
        refresh_soon(held, at=at)
    return held


@command(needs="segment.delete")
def delete_segment(by: Actor, segment: Segment, *, at: datetime) -> None:
    """Put a segment aside: nobody finds it, and nothing is refreshed."""
    held = _held(segment)
    held.deleted_at = at
    held.save(update_fields=["deleted_at"])
    publish(SegmentDeleted(segment_id=held.pk, name=held.name, at=at))


@command(needs="segment.delete")
def restore_segment(by: Actor, segment: Segment, *, at: datetime) -> Segment:
    """
    Bring a deleted segment back.

    :raises NotVisible: if it is not deleted.
    """
    rows = Segment.objects.select_for_update()
    held = rows.filter(pk=segment.pk, deleted_at__isnull=False).first()
    if held is None:
        raise NotVisible
    held.deleted_at = None
    held.save(update_fields=["deleted_at"])
    publish(SegmentRestored(segment_id=held.pk, name=held.name, at=at))
    if held.is_dynamic:
        refresh_soon(held, at=at)
    return held


def facts_of(segment: Segment) -> SegmentFacts:
    """Return what is decided about a segment now."""
    return SegmentFacts(
        name=segment.title,
        description=segment.about,
        membership=Membership(segment.membership),
        definition=definition_of(segment),
        sharing=Sharing(segment.sharing),
        plan=SegmentPlan(
            budget=segment.budget,
            budget_from=segment.budget_from,
            budget_until=segment.budget_until,
            strategy=segment.strategy,
        ),
    )


def _held(segment: Segment) -> Segment:
    rows = Segment.objects.select_for_update().filter(pk=segment.pk, deleted_at=None)
    held = rows.first()
    if held is None:
        raise NotVisible
    return held


def _require_lawful(by: Actor, facts: SegmentFacts, at: datetime) -> None:
    """Let only facts pass that can be kept, and conditions that ``by`` can ask."""
    if not 0 < len(" ".join(facts.name.split())) <= LONGEST_NAME:
        raise BadSegment(_("Enter a name of at most 80 characters."), field="name")
    if len(facts.description) > LONGEST_DESCRIPTION:
        told = _("The description has at most 300 characters.")
        raise BadSegment(told, field="description")
    if facts.membership == Membership.DYNAMIC and not facts.definition.members:
        told = _("Add at least one condition, or fill the segment by hand.")
        raise BadDefinition(told)
    _require_plan(facts.plan)
    Criteria(by, at).fitting(facts.definition)


def _require_plan(plan: SegmentPlan) -> None:
    if plan.budget is not None and plan.budget < 0:
        raise BadPlan(_("A budget is not negative."), field="budget")
    if len(plan.strategy) > LONGEST_STRATEGY:
        told = _("The strategy has at most 4,000 characters.")
        raise BadPlan(told, field="strategy")
    first, last = plan.budget_from, plan.budget_until
    if plan.budget is not None and (first is None or last is None):
        missing = "budget_from" if first is None else "budget_until"
        told = _("Say from when until when the budget is for.")
        raise BadPlan(told, field=missing)
    if first and last and first > last:
        raise BadPlan(_("The budget ends before it begins."), field="budget_until")


def _require_sharing(by: Actor, present: Sharing, wanted: Sharing) -> None:
    if wanted != present and wanted != Sharing.OWN:
        require(by, "segment.share")
    if wanted == Sharing.TEAM and by.team_id is None:
        raise BadSegment(_("You belong to no team to share with."), field="sharing")


def _write(by: Actor, held: Segment, facts: SegmentFacts, at: datetime) -> None:
    held.name = _kept(held.name, held.title, " ".join(facts.name.split()))
    held.description = _kept(held.description, held.about, facts.description.strip())
    held.membership, held.sharing = facts.membership, facts.sharing
    held.definition = written_definition(facts.definition)
    held.needs = Criteria(by, at).needs(facts.definition)
    plan = facts.plan
    held.budget, held.strategy = plan.budget, plan.strategy.strip()
    held.budget_from, held.budget_until = plan.budget_from, plan.budget_until
    held.updated_at = at


def _kept(stored: str, shown: str, given: str) -> str:
    """Return the words of a shipped one as they are if they were given back untouched."""
    return stored if given == shown else given


def _audited(held: Segment) -> dict[str, str]:
    texts = {name: str(getattr(held, name) or "") for name in _NAMED}
    days = {name: getattr(held, name) for name in _DATED}
    return texts | {k: day.isoformat() if day else "" for k, day in days.items()}
