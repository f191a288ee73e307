"""Create and change customers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.customers.commands.contact_point import (
    fill_columns,
    insert_points,
    kinds_touched,
    reaches_of,
    replace_points,
    stored_reaches,
)
from guanxi.customers.commands.extra import (
    Extra,
    extra_as_text,
    fill_extra,
    require_filled,
)
from guanxi.customers.commands.identifier import settle_identifiers
from guanxi.customers.commands.owner import own
from guanxi.customers.commands.quality import note_changes
from guanxi.customers.commands.quality_score import judge
from guanxi.customers.commands.tag import replace_tags, tags_named
from guanxi.customers.events import (
    CustomerChanged,
    CustomerCreated,
    TagAdded,
    TagRemoved,
)
from guanxi.customers.models import Address, Code, Customer, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import kinds_of_forms
from guanxi.customers.rules import BEGINNINGS, Form, State
from guanxi.customers.rules.birthday import InvalidLunarDay, parse_lunar_day
from guanxi.customers.rules.point import PART_FIELDS, Place, PlaceParts, Point
from guanxi.foundation.actor import Actor, Level, shown_actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import Changes, publish
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
    lunar_birthday: str
    id_kind: str
    id_number: str
    bank_card: str
    credit_code: str
    source: str
    external_id: str
    note: str


class NamedFacts(Facts, total=False):
    """The same with the name, which a change may leave out."""

    name: str


LONGEST_NAME = 200
_ON_TAGS = (TagAdded.event_name(), TagRemoved.event_name())


class BadName(Refused):
    """A customer needs a name, and not too long a one."""

    code = "bad_name"


class ExternalIdTaken(Refused):
    """Another customer of the same source has this external id."""

    code = "external_id_taken"


class BadBeginning(Refused):
    """No party begins in this state."""

    code = "bad_beginning"


class BadBirthday(Refused):
    """There is no such day in the lunar calendar."""

    code = "bad_birthday"


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
    extra: Extra | None = None,
    **facts: Unpack[Facts],
) -> Customer:
    """
    Enter a party; without an ``owner`` it is the one who enters it.

    Without a kind it gets the one that goes with its form.
    Whoever sees a field only masked may still enter it: he knows what he types.

    :raises Refused: for a wrong contact point, a bad name, a taken external id.
    """
    filled = {field for field, value in facts.items() if value}
    filled |= _part_fields(name for name, part in _parts(place).items() if part)
    filled |= {point.kind.value for point in points} | ({"tags"} if tags else set())
    filled |= {key for key in extra or () if key in CUSTOMER.fields}
    _require_level(by, Level.MASKED, filled)
    if state not in BEGINNINGS:
        raise BadBeginning(
            _("A customer begins as non-customer, potential or target."), field="state"
        )
    customer = Customer(state=state, created_at=at, created_by_id=by.actor_id)
    own(by, customer, owner)
    _fill(by, customer, {"name": name, **facts})
    customer.kind = customer.kind or kinds_of_forms().get(Form(customer.form))
    fill_extra(customer, extra or {})
    require_filled(by, customer)
    if place:
        place = place.plain()
        customer.province, customer.city = place.province, place.city
    reaches = reaches_of(points)
    fill_columns(customer, reaches)
    customer.updated_at = at
    _store(customer, is_new=True)
    Traits(customer=customer).save(force_insert=True)
    insert_points(customer, reaches)
    if place:
        Address.objects.create(customer=customer, is_primary=True, **_parts(place))
    if tags:
        customer.tags.set(tags_named(tags))
    publish(CustomerCreated(customer_id=customer.pk, at=at))
    judge([customer.pk], at=at)
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
    place: PlaceParts | None = None,
    tags: Sequence[str] | None = None,
    extra: Extra | None = None,
    **facts: Unpack[NamedFacts],
) -> Customer:
    """
    Change the facts given; what is left out stays.

    ``extra`` are those of the house's own fields that change.
    ``points`` and ``tags`` are complete lists. ``version`` is the one the change was
    made on: what others changed since then stays, unless this touches it too.

    :raises ChangedMeanwhile: if it does.
    :raises Refused: as ``create_customer``.
    """
    given = set(facts) | _part_fields(place or ())
    given |= {"tags"} if tags is not None else set()
    given |= {key for key in extra or () if key in CUSTOMER.fields}
    _require_level(by, Level.WRITE, given)
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    touched = given if points is None else given | kinds_touched(by, locked, points)
    _refuse_overlap(locked, version, touched)
    before = facts_as_text(locked)
    _fill(by, locked, facts)
    fill_extra(locked, extra or {})
    old_street, street = _move(locked, place)
    if points is None:
        fill_columns(locked, stored_reaches(locked))
    else:
        replace_points(by, locked, points, at=at)
    if tags is not None:
        replace_tags(locked, tags, at=at)
    changes = changes_of(
        CUSTOMER,
        {**before, "address": old_street},
        {**facts_as_text(locked), "address": street},
    )
    _save_changed(by, locked, changes, at)
    return locked


def facts_as_text(customer: Customer) -> dict[str, str]:
    """Return what the audit compares: the facts of a customer as they are read."""
    reach = ("phone", "email", "wechat", "province", "city")
    names = [*NamedFacts.__annotations__, *reach]
    facts = {name: _as_text(getattr(customer, name)) for name in names}
    return facts | extra_as_text(customer)


def _as_text(value: object) -> str:
    if isinstance(value, Code):
        return value.key
    if isinstance(value, Decimal):
        return f"{value:.2f}"  # as the column keeps it: 1000 is no change of 1000.00
    return "" if value is None else str(value)


def _require_level(by: Actor, wanted: Level, fields: Iterable[str]) -> None:
    if any(CUSTOMER.level(by, name) < wanted for name in fields):
        raise Denied(CUSTOMER.permission("edit"))


def _parts(place: Place | None) -> dict[str, str]:
    return asdict(place) if place else {}


def _part_fields(parts: Iterable[str]) -> set[str]:
    """Return the fields that speak for these parts of an address."""
    return {PART_FIELDS[name] for name in parts if name in PART_FIELDS}


def _fill(by: Actor, customer: Customer, facts: NamedFacts) -> None:
    """Set the facts, clean and checked."""
    for name, value in cast("Mapping[str, object]", facts).items():
        setattr(customer, name, value.strip() if isinstance(value, str) else value)
    if not 0 < len(customer.name) <= LONGEST_NAME:
        raise BadName(_("Enter a name of at most 200 characters."), field="name")
    if facts.get("lunar_birthday"):
        customer.lunar_birthday = _lunar(customer.lunar_birthday)
    settle_identifiers(by, customer, facts.keys())


def _lunar(text: str) -> str:
    try:
        return parse_lunar_day(text).stored
    except InvalidLunarDay as error:
        raise BadBirthday(str(error), field="lunar_birthday") from error


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


def _move(customer: Customer, parts: PlaceParts | None) -> tuple[str, str]:
    """
    Write ``parts`` of the primary address, or take it away when nothing is left of it.

    Return what the field of the address said before, and what it says now.
    """
    if not parts:
        return "", ""
    row = Address.objects.filter(customer=customer, is_primary=True).first()
    old = _place_of(row) if row else Place(customer.province, customer.city)
    new = replace(old, **parts).plain()
    customer.province, customer.city = new.province, new.city
    if new:
        Address.objects.update_or_create(
            customer=customer, is_primary=True, defaults=asdict(new)
        )
    elif row:
        row.delete()
    return _street(old), _street(new)


def _place_of(row: Address) -> Place:
    return Place(**{field.name: getattr(row, field.name) for field in fields(Place)})


def _street(place: Place) -> str:
    """Return the part of an address that tells where somebody lives."""
    return " ".join(filter(None, (place.district, place.street, place.postcode)))


def _refuse_overlap(customer: Customer, version: int, touched: set[str]) -> None:
    """Let the change go on unless others changed ``touched`` fields since ``version``."""
    if customer.version == version:
        return
    if customer.version < version:
        raise Conflict(
            _("There is no version %(version)d of this. Read it again, then change it.")
            % {"version": version}
        )
    later = LoggedEvent.objects.filter(
        kind="customer",
        subject_id=customer.pk,
        payload__version__gt=version,
    ).order_by("-pk")
    for row in later:
        changed = {"tags"} if row.name in _ON_TAGS else set(row.changes)
        both = [name for name in CUSTOMER.fields if name in touched & changed]
        if both:
            raise ChangedMeanwhile(both, by=shown_actor(row.actor_name, row.actor_id))


def _save_changed(
    by: Actor, customer: Customer, changes: Changes, at: datetime
) -> None:
    customer.version += 1
    customer.updated_at = at
    _store(customer, is_new=False)
    if changes:
        publish(
            CustomerChanged(customer_id=customer.pk, version=customer.version, at=at),
            changes=changes,
        )
    note_changes(by, {customer.pk: changes}, at=at)
