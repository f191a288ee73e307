"""Customers, and what belongs to one."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from guanxi.customers.models import (
    Address,
    Code,
    ContactPoint,
    Customer,
    Merge,
    Relation,
    Tag,
)
from guanxi.customers.policies import CODE, CUSTOMER
from guanxi.customers.rules import KIND_OF_FORM, KIND_SCHEME, Form
from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import Kept, asked, asked_by
from guanxi.foundation.errors import NotVisible

# More would not be read on a page.
MOST_RELATED = 100
_kept: Kept = {}


def customers(viewer: Actor) -> QuerySet[Customer]:
    """Return the customers ``viewer`` may see, without those in the trash."""
    return Customer.objects.kept().filter(CUSTOMER.visible(viewer))


def customer(viewer: Actor, pk: int) -> Customer:
    """
    Return one customer with its traits, owner, team and codes, in one query.

    :raises NotVisible: if there is none for ``viewer``, or it is in the trash.
    """
    return _only(asked_by(viewer, _whole, pk=pk))


def _whole(viewer: Actor, pk: int) -> QuerySet[Customer]:
    related = customers(viewer).select_related(
        "traits", "owner", "team", "kind", "relation_kind"
    )
    return related.filter(pk=pk)


def counts_by_owner(viewer: Actor) -> dict[int, int]:
    """Return how many of the customers in sight each owner has."""
    rows = customers(viewer).order_by().exclude(owner=None).values_list("owner_id")
    return dict(rows.annotate(count=Count("pk")))


def bare_customer(viewer: Actor, pk: int) -> Customer:
    """
    Return one customer with name, owner and team alone: enough for a panel about it.

    :raises NotVisible: if there is none for ``viewer``, or it is in the trash.
    """
    return _only(asked_by(viewer, _bare, pk=pk))


def _bare(viewer: Actor, pk: int) -> QuerySet[Customer]:
    return customers(viewer).only("name", "owner_id", "team_id").filter(pk=pk)


def held_customers(pks: Collection[int]) -> Sequence[Customer]:
    """Return owner and team of those of ``pks`` that are there: for what follows them."""
    rows = Customer.objects.kept().filter(pk__in=pks)
    return list(rows.only("owner_id", "team_id").order_by("pk"))


def trashed_customers(viewer: Actor) -> QuerySet[Customer]:
    """
    Return the customers in the trash that ``viewer`` may see, the latest first.

    Those that have become part of another are not in the trash: undoing the merge
    brings them back.
    """
    visible = Customer.objects.trashed().filter(CUSTOMER.visible(viewer), ~is_merged())
    return visible.order_by("-deleted_at", "-pk")


def trashed_customer(viewer: Actor, pk: int) -> Customer:
    """
    Return one customer in the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = trashed_customers(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def is_merged() -> Exists:
    """Return the condition that a customer has become part of another."""
    return Exists(Merge.objects.filter(gone=OuterRef("pk"), undone_at__isnull=True))


def points_of(customer: Customer) -> Sequence[ContactPoint]:
    """Return the ways to reach ``customer``, by kind, the primary ones first."""
    return asked(_kept, "points", _points, customer_id=customer.pk)


def _points(customer_id: int) -> QuerySet[ContactPoint]:
    points = ContactPoint.objects.filter(customer_id=customer_id)
    return points.order_by("-kind", "-is_primary", "pk")


def address_of(customer: Customer) -> Address | None:
    """Return the primary address of ``customer``."""
    found = asked(_kept, "address", _addresses, customer_id=customer.pk)
    return found[0] if found else None


def _addresses(customer_id: int) -> QuerySet[Address]:
    primary = Address.objects.filter(customer_id=customer_id, is_primary=True)
    return primary.order_by("pk")[:1]


def tag_names_of(customer: Customer) -> Sequence[str]:
    """Return the names of the tags of ``customer`` in order."""
    rows = asked(_kept, "tags", _tagged, customer_id=customer.pk)
    return [row.tag.name for row in rows]


def _tagged(customer_id: int) -> "QuerySet[Any]":
    links = Customer.tags.through.objects.filter(customer_id=customer_id)
    return links.select_related("tag").order_by("tag__name")


def relations_of(viewer: Actor, customer: Customer) -> Sequence[Relation]:
    """
    Return the relations of ``customer`` with others that ``viewer`` may see.

    By kind, and one more than `MOST_RELATED` at most: a group may have thousands of
    people.
    """
    return asked_by(viewer, _relations, pk=customer.pk)


def _relations(viewer: Actor, pk: int) -> QuerySet[Relation]:
    others = customers(viewer)
    read = [f"{end}__name" for end in ("source", "target")]
    rows = Relation.objects.select_related("source", "target")
    rows = rows.only("kind", "title", *read)
    forward = rows.filter(source_id=pk, target__in=others)
    # Either way by its own index; one condition with OR would read all customers.
    both = forward.union(rows.filter(target_id=pk, source__in=others), all=True)
    return both.order_by("kind", "id")[: MOST_RELATED + 1]


def relation_of(viewer: Actor, customer: Customer, pk: int) -> Relation:
    """
    Return one relation of ``customer``.

    :raises NotVisible: if there is none whose both ends ``viewer`` may see.
    """
    ends = Q(source=customer) | Q(target=customer)
    relations = Relation.objects.filter(ends, pk=pk).select_related("source", "target")
    found = relations.first()
    if found and _is_shown(viewer, found.source) and _is_shown(viewer, found.target):
        return found
    raise NotVisible


def codes(scheme: str, *, carried: int | None = None) -> QuerySet[Code]:
    """Return the entries of a code list that are offered, and the one ``carried``."""
    offered = Q(is_active=True) | Q(pk=carried)
    return Code.objects.filter(offered, scheme=scheme).order_by("position", "pk")


def kinds_of_forms() -> dict[Form, Code]:
    """Return the kind that goes with each form, as far as it is offered."""
    offered = {code.key: code for code in asked(_kept, "kinds", _kinds_of_forms)}
    return {form: offered[key] for form, key in KIND_OF_FORM.items() if key in offered}


def _kinds_of_forms() -> QuerySet[Code]:
    return codes(KIND_SCHEME).filter(key__in=list(KIND_OF_FORM.values()))


def all_codes() -> QuerySet[Code]:
    """Return every entry of the code lists, list by list."""
    return Code.objects.order_by("scheme", "position", "pk")


def code(viewer: Actor, pk: int) -> Code:
    """
    Return one entry of a code list.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = Code.objects.filter(CODE.visible(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def tags() -> QuerySet[Tag]:
    """Return all tags by name."""
    return Tag.objects.order_by("name")


def _only(found: Sequence[Customer]) -> Customer:
    if not found:
        raise NotVisible
    return found[0]


def _is_shown(viewer: Actor, one: Customer) -> bool:
    return one.deleted_at is None and CUSTOMER.reaches(viewer, "read", one)
