"""Record what the house has learned, and let it be applied."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guanxi.actions.events import (
    KnowledgeApplied,
    KnowledgeChanged,
    KnowledgeRecorded,
    KnowledgeRested,
)
from guanxi.actions.models import Knowledge
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish

if TYPE_CHECKING:
    from guanxi.customers.models import Segment


class BadKnowledge(Refused):
    """Something known that cannot be kept or applied like this."""

    code = "bad_knowledge"


@dataclass(frozen=True)
class KnowledgeFacts:
    """What is known, where it is from, of whom, and what is to be done."""

    title: str
    statement: str
    advice: str = ""
    source: str = ""
    segment: "Segment | None" = None


@command(needs="knowledge.edit")
def record_knowledge(by: Actor, facts: KnowledgeFacts, *, at: datetime) -> Knowledge:
    """
    Write down what was learned.

    :raises BadKnowledge: without a title or a statement.
    """
    _require_whole(facts)
    found = Knowledge.objects.create(
        **_columns(facts), recorded_by_id=by.actor_id, recorded_at=at, changed_at=at
    )
    publish(KnowledgeRecorded(knowledge_id=found.pk, title=found.title, at=at))
    return found


@command(needs="knowledge.edit")
def change_knowledge(
    by: Actor, item: Knowledge, facts: KnowledgeFacts, *, at: datetime
) -> None:
    """
    Let it read otherwise.

    :raises BadKnowledge: if it lacks something, also what is needed to go on applying it.
    """
    _require_whole(facts)
    held = Knowledge.objects.select_for_update().get(pk=item.pk)
    if held.is_applied:
        _require_usable(facts)
    columns = _columns(facts)
    before = {name: getattr(held, name) for name in columns}
    changes = {
        name: (str(before[name] or ""), str(value or ""))
        for name, value in columns.items()
        if before[name] != value
    }
    if not changes:
        return
    Knowledge.objects.filter(pk=held.pk).update(**columns, changed_at=at)
    publish(
        KnowledgeChanged(knowledge_id=held.pk, title=facts.title.strip(), at=at),
        changes=changes,
    )


@command(needs="knowledge.edit")
def apply_knowledge(
    by: Actor, item: Knowledge, *, is_applied: bool, at: datetime
) -> None:
    """
    Let owners be told from the next look on to whom it applies, or no more.

    :raises BadKnowledge: if it says nothing of whom it is about, or what to do.
    """
    held = Knowledge.objects.select_for_update().get(pk=item.pk)
    if held.is_applied == is_applied:
        return
    if is_applied:
        _require_usable(
            KnowledgeFacts(
                held.title, held.statement, held.advice, held.source, held.segment
            )
        )
        held.applied_on = held.applied_on or localdate(at)
    held.is_applied = is_applied
    held.changed_at = at
    held.save(update_fields=["is_applied", "applied_on", "changed_at"])
    happened = KnowledgeApplied if is_applied else KnowledgeRested
    publish(happened(knowledge_id=held.pk, title=held.title, at=at))


@command(needs="knowledge.edit")
def end_knowledge(by: Actor, item: Knowledge, *, is_ended: bool, at: datetime) -> None:
    """Put it away as no longer true, or take it up again; it is not applied then."""
    held = Knowledge.objects.select_for_update().get(pk=item.pk)
    if (held.ended_at is not None) == is_ended:
        return
    held.ended_at = at if is_ended else None
    held.is_applied = False
    held.changed_at = at
    held.save(update_fields=["ended_at", "is_applied", "changed_at"])
    publish(KnowledgeRested(knowledge_id=held.pk, title=held.title, at=at))


def _columns(facts: KnowledgeFacts) -> dict[str, object]:
    return {
        "title": facts.title.strip(),
        "statement": facts.statement.strip(),
        "advice": facts.advice.strip(),
        "source": facts.source.strip(),
        "segment": facts.segment,
    }


def _require_whole(facts: KnowledgeFacts) -> None:
    if not facts.title.strip():
        raise BadKnowledge(_("Give it a title."), field="title")
    if not facts.statement.strip():
        raise BadKnowledge(_("Write what is known."), field="statement")


def _require_usable(facts: KnowledgeFacts) -> None:
    if facts.segment is None or facts.segment.deleted_at is not None:
        told = _("Choose the segment it is about: its members are whom it applies to.")
        raise BadKnowledge(told, field="segment")
    if not facts.advice.strip():
        raise BadKnowledge(_("Write what is to be done."), field="advice")
