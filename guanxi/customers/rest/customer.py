"""Customers for programs: /api/v1/customers."""

from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router

from guanxi.customers.commands.customer import change_customer, create_customer
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.commands.state import set_state
from guanxi.customers.commands.trash import restore_customer, trash_customer
from guanxi.customers.models import Code
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import (
    address_of,
    codes,
    customer,
    customers,
    points_of,
    trashed_customer,
)
from guanxi.customers.queries.merge import survivor_of
from guanxi.customers.rest.named import named_owner
from guanxi.customers.rest.records import (
    CustomerChange,
    CustomerFacts,
    CustomerPage,
    CustomerRecord,
    CustomerRow,
    CustomerWhole,
    MergedRecord,
    NewCustomer,
    OwnerInput,
    StateInput,
)
from guanxi.customers.rules.point import PART_FIELDS, Place, PlaceParts, Point
from guanxi.customers.tables import CUSTOMERS
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import (
    Shape,
    require_writable,
)

router = Router(tags=["customers"])


# Written by hand: to compile the same subquery anew costs as much as to run the list.
_TAG_NAMES = RawSQL(
    "ARRAY(SELECT t.name FROM customers_customer_tags AS ct"
    " JOIN customers_tag AS t ON t.id = ct.tag_id"
    ' WHERE ct.customer_id = "customers_customer"."id" ORDER BY t.name)',
    (),
    ArrayField(TextField()),
)
ROW = Shape(CustomerRow, CUSTOMER)
WHOLE = Shape(CustomerRecord, CUSTOMER)
_APART = {"version", "points", "address", "tags", "owner", "state", "extra"}
_FIELD_OF = {
    "kind_key": "kind",
    "relation_kind_key": "relation_kind",
    **PART_FIELDS,
}


@router.get("/customers", response=CustomerPage, summary=gettext_noop("List customers"))
def list_customers(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the customers you may see, the newest first."""
    return listed(request, CUSTOMERS, ROW, query, more=_with_tags)


@router.post(
    "/customers",
    response={201: CustomerWhole},
    summary=gettext_noop("Enter a customer"),
)
def post_customer(request: Call, body: NewCustomer) -> HttpResponse:
    """Enter a customer."""
    require(request.auth, "customer.create")
    _require_levels(request.auth, body, Level.MASKED)
    new = create_customer(
        request.auth,
        state=body.state,
        owner=named_owner(request.auth, body.owner),
        points=_points(body),
        place=Place(**body.address.model_dump()),
        tags=body.tags,
        extra=body.extra,
        at=now(),
        **_facts(body),
    )
    return made(_whole(request.auth, new.pk), f"/api/v1/customers/{new.pk}")


@router.get(
    "/customers/{int:pk}",
    response={200: CustomerWhole, 301: MergedRecord},
    summary=gettext_noop("Read one customer"),
)
def get_customer(request: Call, pk: int) -> HttpResponse:
    """
    Read one customer. Sensitive values shown in clear go on record.

    One that became part of another answers 301 with the address of that.
    """
    try:
        return answer(_whole(request.auth, pk))
    except NotVisible:
        into = survivor_of(request.auth, pk)
        place = {"Location": f"/api/v1/customers/{into}"}
        return answer({"merged_into": into}, 301, place)


@router.patch(
    "/customers/{int:pk}",
    response=CustomerWhole,
    summary=gettext_noop("Change a customer"),
)
def patch_customer(request: Call, pk: int, body: CustomerChange) -> HttpResponse:
    """Change the facts given. What others changed meanwhile stays, or is a conflict."""
    found = customer(request.auth, pk)
    require(request.auth, "customer.edit", found)
    _require_levels(request.auth, body, Level.WRITE)
    given = body.given()
    change_customer(
        request.auth,
        found,
        version=body.version,
        points=_points(body) if "points" in given else None,
        place=cast("PlaceParts", body.address.given()),
        tags=body.tags if "tags" in given else None,
        extra=body.extra,
        at=now(),
        **_facts(body),
    )
    return answer(_whole(request.auth, pk))


@router.delete(
    "/customers/{int:pk}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_customer(request: Call, pk: int) -> HttpResponse:
    """Put a customer into the trash, from where it can be restored."""
    trash_customer(request.auth, customer(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/customers/{int:pk}/restoration",
    response=CustomerWhole,
    summary=gettext_noop("Take out of the trash"),
)
def post_restoration(request: Call, pk: int) -> HttpResponse:
    """Take a customer out of the trash."""
    restore_customer(request.auth, trashed_customer(request.auth, pk), at=now())
    return answer(_whole(request.auth, pk))


@router.post(
    "/customers/{int:pk}/state",
    response=CustomerWhole,
    summary=gettext_noop("Change the state"),
)
def post_state(request: Call, pk: int, body: StateInput) -> HttpResponse:
    """Move a customer along one lawful step."""
    set_state(request.auth, customer(request.auth, pk), body.state, at=now())
    return answer(_whole(request.auth, pk))


@router.post(
    "/customers/{int:pk}/owner",
    response=CustomerWhole,
    summary=gettext_noop("Assign a customer"),
)
def post_owner(request: Call, pk: int, body: OwnerInput) -> HttpResponse:
    """Give a customer to a colleague and to his team."""
    found = customer(request.auth, pk)
    require(request.auth, "customer.assign", found)
    owner = named_owner(request.auth, body.owner)
    assert owner is not None
    assign_customers(request.auth, [found], owner, at=now())
    # Whoever gave it away may not see it any more.
    if not customers(request.auth).filter(pk=pk).exists():
        return nothing()
    return answer(_whole(request.auth, pk))


def _with_tags(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    tagged: QuerySet[Any] = rows.annotate(tag_names=_TAG_NAMES)
    return tagged


def _whole(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return one customer as ``viewer`` may see it, with what belongs to it."""
    rows = customers(viewer).filter(pk=pk)
    found = customer(viewer, pk)
    address = address_of(found)
    beside = {"address": getattr(address, "street", "")}
    record = WHOLE.one(viewer, _with_tags(rows), at=now(), beside=beside)
    record["points"] = [
        {
            "id": point.pk,
            "kind": point.kind,
            "value": CUSTOMER.shown(viewer, point.kind, point.shown),
            "label": point.label,
            "is_primary": point.is_primary,
        }
        for point in points_of(found)
        if CUSTOMER.level(viewer, point.kind) > Level.HIDDEN
    ]
    for name in ("district", "street", "postcode"):
        field, value = _FIELD_OF[name], getattr(address, name, "")
        if CUSTOMER.level(viewer, field) > Level.HIDDEN:
            record[name] = CUSTOMER.shown(viewer, field, value)
    return record


def _require_levels(viewer: Actor, body: CustomerFacts, level: Level) -> None:
    """Let only facts pass that ``viewer`` may write, points and address included."""
    given = body.given()
    names = {_FIELD_OF.get(name, name) for name in given if name != "address"}
    names |= {_FIELD_OF.get(name, name) for name in body.address.given()}
    names |= body.extra.keys()
    if "points" in given and level is Level.MASKED:
        names |= {point.kind.value for point in body.points}
    require_writable(viewer, CUSTOMER, sorted(names), level=level)


def _facts(body: CustomerFacts) -> dict[str, Any]:
    """Return the given facts by the names of the commands' arguments."""
    facts = {k: v for k, v in body.given().items() if k not in _APART}
    for scheme in ("kind", "relation_kind"):
        if f"{scheme}_key" in facts:
            facts[scheme] = _code(scheme, facts.pop(f"{scheme}_key"))
    return facts


def _code(scheme: str, key: str | None) -> Code | None:
    if not key:
        return None
    found = codes(scheme).filter(key=key).first()
    if found is None:
        text = _("There is no such entry in the list.")
        raise BadInput([Wrong(f"{scheme}_key", text)])
    return found


def _points(body: CustomerFacts) -> list[Point]:
    return [
        Point(point.kind, point.value, point.label, point.is_primary)
        for point in body.points
    ]
