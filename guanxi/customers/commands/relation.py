"""How customers belong together."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from guanxi.customers.events import RelationAdded, RelationRemoved
from guanxi.customers.models import Customer, Relation
from guanxi.customers.models.code import tie_of, ties
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import relation_of
from guanxi.customers.rules import RelationKind
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish


class BadRelation(Refused):
    """Two customers cannot be related so."""

    code = "bad_relation"


@command(needs="customer.edit")
def add_relation(
    by: Actor,
    source: Customer,
    *,
    target: Customer,
    kind: str,
    at: datetime,
    title: str = "",
    since_on: date | None = None,
) -> Relation:
    """
    Say that ``source`` works for, decides for, … ``target``, which ``by`` must see.

    ``kind`` is the key of an entry in the list of relations that is offered.

    :raises BadRelation: for one with itself, one that is there already, or no such kind.
    """
    if not CUSTOMER.reaches(by, "read", target):
        raise NotVisible
    if kind not in ties() or not ties()[kind].is_offered:
        raise BadRelation(_("There is no such relation."), field="kind")
    if source.pk == target.pk:
        raise BadRelation(_("A customer cannot be related to itself."), field="target")
    relation, is_new = Relation.objects.get_or_create(
        source=source,
        target=target,
        kind=kind,
        defaults={"title": title, "since_on": since_on},
    )
    if not is_new:
        raise BadRelation(_("This relation is known already."), field="target")
    _tell(RelationAdded, relation, at)
    return relation


@command(needs="customer.edit")
def remove_relation(
    by: Actor, customer: Customer, relation_id: int, *, at: datetime
) -> None:
    """
    Take away a relation of ``customer``.

    :raises NotVisible: if ``customer`` has no such relation, or with one unseen.
    """
    relation = relation_of(by, customer, relation_id)
    _tell(RelationRemoved, relation, at)
    relation.delete()


def _tell(
    event: type[RelationAdded | RelationRemoved], relation: Relation, at: datetime
) -> None:
    """Publish the event on both timelines."""
    ends = (relation.source_id, relation.target_id)
    called = (
        ""
        if relation.kind in RelationKind.values
        else str(tie_of(relation.kind).forward)
    )
    for one, other in (ends, ends[::-1]):
        told = event(
            customer_id=one,
            other_id=other,
            relation=relation.kind,
            called=called,
            at=at,
        )
        publish(told)
