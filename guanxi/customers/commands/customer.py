"""Create and change customers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.customers.commands.contact_point import (
    fill_columns,
    insert_points,
    reaches_of,
    replace_points,
    stored_reaches,
)
from guanxi.customers.commands.owner import own
from guanxi.customers.commands.tag import replace_tags, tags_named
from guanxi.customers.events import CustomerChanged, CustomerCreated
from guanxi.customers.models import Address, Code, Customer, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import BEGINNINGS, Form, State
from guanxi.customers.rules.point import Place, Point, plain_place
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.models import LoggedEvent

if TYPE_CHECKING:
    from guanxi.identity.models import User


class Facts(TypedDict, total=False):
    """The plain facts of a customer beside its name, by their columns."""

    form: Form
    short_name: str
    kind: Code | None
    relation_kind: Code | None
    is_key: bool
    industry: str
    website: str
    employees: int | None
    founded_year: int | None
    annual_revenue: Decimal | None
    birth_on: date | None
    id_number: str
    source: str
    external_id: str
    note: str


class NamedFacts(Facts, total=False):
    """The same with the name, which a change may leave out."""

    name: str


LONGEST_NAME = 200


class BadName(Refused):
    """A customer needs a name, and not too long a one."""

    code = "bad_name"


class ExternalIdTaken(Refused):
    """Another customer of the same source has this external id."""

    code = "external_id_taken"


class BadBeginning(Refused):
    """No party begins in this state."""

    code = "bad_beginning"


class ChangedMeanwhile(Conflict):
    """Somebody else changed what this change touches too: ``fields`` says what."""

    def __init__(self, fields: Sequence[str], by: str) -> None:
        self.fields = fields
        labels = _(", ").join(str(CUSTOMER.fields[name].label) for name in fields)
        super().__init__(
            _(
                "%(name)s has changed this meanwhile: %(fields)s. Compare and save again."
            )
            % {"name": by, "fields": labels}
        )


@command(needs="customer.create")
def create_customer(
    by: Actor,
    /,
    *,
    name: str,
    at: datetime,
    state: State = State.POTENTIAL,
    owner: "User | None" = None,
    points: Sequence[Point] = (),
    place: Place | None = None,
    tags: Sequence[str] = (),
    **facts: Unpack[Facts],
) -> Customer:
    """
    Enter a party; without an ``owner`` it is the one who enters it.

    Whoever sees a field only masked may still enter it: he knows what he types.

    :raises Refused: for a wrong contact point, a bad name, a taken external id.
    """
    filled = {field for field, value in facts.items() if value}
    filled |= _places(place) | {point.kind.value for point in points}
    filled |= {"tags"} if tags else set()
    _require_level(by, Level.MASKED, filled)
    if state not in BEGINNINGS:
        raise BadBeginning(
            _("A customer begins as non-customer, potential or target."), field="state"
        )
    customer = Customer(state=state, created_at=at, created_by_id=by.actor_id)
    own(by, customer, owner)
    _fill(customer, {"name": name, **facts}, place)
    reaches = reaches_of(points)
    fill_columns(customer, reaches)
    customer.updated_at = at
    _store(customer, is_new=True)
    Traits(customer=customer).save(force_insert=True)
    insert_points(customer, reaches)
    if place:
        Address.objects.create(
            customer=customer, is_primary=True, **asdict(place.plain())
        )
    if tags:
        customer.tags.set(tags_named(tags))
    publish(CustomerCreated(customer_id=customer.pk, at=at))
    return customer


@command(needs="customer.edit")
def change_customer(
    by: Actor,
    customer: Customer,
    /,
    *,
    version: int,
    at: datetime,
    points: Sequence[Point] | None = None,
    place: Place | None = None,
    tags: Sequence[str] | None = None,
    **facts: Unpack[NamedFacts],
) -> Customer:
    """
    Change the facts given; what is left out stays.

    ``points`` and ``tags`` are complete lists. ``version`` is the one the change was
    made on: what others changed since then stays, unless this touches it too.

    :raises ChangedMeanwhile: if it does.
    :raises Refused: as ``create_customer``.
    """
    given = set(facts) | _places(place)
    given |= {"tags"} if tags is not None else set()
    _require_level(by, Level.WRITE, given)
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    touched = given | {point.kind.value for point in points or ()}
    _refuse_overlap(locked, version, touched)
    before = facts_as_text(locked)
    _fill(locked, facts, place)
    _save_place(locked, place)
    if points is None:
        fill_columns(locked, stored_reaches(locked))
    else:
        replace_points(by, locked, points, at=at)
    if tags is not None:
        replace_tags(locked, tags, at=at)
    _save_changed(locked, before, at)
    return locked


def facts_as_text(customer: Customer) -> dict[str, str]:
    """Return what the audit compares: the facts of a customer as they are read."""
    reach = ("phone", "email", "wechat", "province", "city")
    names = [*NamedFacts.__annotations__, *reach]
    return {name: _as_text(getattr(customer, name)) for name in names}


def _as_text(value: object) -> str:
    if isinstance(value, Code):
        return value.key
    return "" if value is None else str(value)


def _require_level(by: Actor, wanted: Level, fields: Iterable[str]) -> None:
    if any(CUSTOMER.level(by, name) < wanted for name in fields):
        raise Denied(CUSTOMER.permission("edit"))


def _places(place: Place | None) -> set[str]:
    """Return the fields that ``place`` says something about."""
    if place is None:
        return set()
    return {"province", "city"} | ({"address"} if place.street else set())


def _fill(customer: Customer, facts: NamedFacts, place: Place | None) -> None:
    """Set the facts, clean, and what is computed from them."""
    for name, value in cast("Mapping[str, object]", facts).items():
        setattr(customer, name, value.strip() if isinstance(value, str) else value)
    if not 0 < len(customer.name) <= LONGEST_NAME:
        raise BadName(_("Enter a name of at most 200 characters."), field="name")
    if place is not None:
        customer.province = plain_place(place.province)
        customer.city = plain_place(place.city)


def _store(customer: Customer, *, is_new: bool) -> None:
    """
    Write the row.

    :raises ExternalIdTaken: also for the later of two who enter one id at once.
    """
    if not customer.external_id:
        customer.save(force_insert=is_new)
        return
    try:
        with transaction.atomic():
            customer.save(force_insert=is_new)
    except IntegrityError as error:
        raise ExternalIdTaken(
            _("Another customer of this source has this external ID."),
            field="external_id",
        ) from error


def _save_place(customer: Customer, place: Place | None) -> None:
    """Write the primary address, or take it away when nothing is left of it."""
    if place is None:
        return
    if not place:
        Address.objects.filter(customer=customer, is_primary=True).delete()
        return
    Address.objects.update_or_create(
        customer=customer,
        is_primary=True,
        defaults=asdict(place.plain()),
    )


def _refuse_overlap(customer: Customer, version: int, touched: set[str]) -> None:
    """Let the change go on unless others changed ``touched`` fields since ``version``."""
    if customer.version == version:
        return
    later = LoggedEvent.objects.filter(
        kind="customer",
        subject_id=customer.pk,
        name=CustomerChanged.event_name(),
        payload__version__gt=version,
    ).order_by("-pk")
    for row in later:
        both = [name for name in CUSTOMER.fields if name in touched & set(row.changes)]
        if both:
            raise ChangedMeanwhile(both, by=row.actor_name)


def _save_changed(customer: Customer, before: Mapping[str, str], at: datetime) -> None:
    changes = changes_of(CUSTOMER, before, facts_as_text(customer))
    customer.version += 1
    customer.updated_at = at
    _store(customer, is_new=False)
    if changes:
        publish(
            CustomerChanged(customer_id=customer.pk, version=customer.version, at=at),
            changes=changes,
        )
