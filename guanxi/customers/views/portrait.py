"""The facts and numbers of one customer, as its page shows them to one viewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.customers.models import Address, ContactPoint, Customer, Relation
from guanxi.customers.models.code import tie_of
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER, is_revealable
from guanxi.customers.queries.customer import (
    MOST_RELATED,
    address_of,
    points_of,
    relations_of,
    tag_names_of,
)
from guanxi.customers.queries.trait import trait_words
from guanxi.customers.rules import (
    STAGE_TONES,
    STATE_TONES,
    TIER_TONES,
    TRANSITIONS,
    Form,
    LifeStage,
    PointKind,
    State,
    Tier,
)
from guanxi.customers.rules.birthday import lunar_day
from guanxi.customers.rules.field import fields_for
from guanxi.customers.rules.identifier import IdKind
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.policies import COVERED
from guanxi.foundation.words import Words

# The few numbers that say what the customer is worth, and how analysis judges it.
FIGURES = (
    *("order_total", "order_count", "order_mean"),
    *("last_order_on", "rhythm_days", "next_order_on"),
)
SCORES = (
    *("tier", "grade", "rfm_segment", "life_stage", "life_pattern", "purchase_state"),
    *("r", "f", "m", "amount_trend", "silence_limit_days"),
    *("p_alive", "expected_orders", "expected_amount", "grade_score"),
    *("churn_risk", "lifetime_value", "future_value"),
)
_UNTOLD = (COVERED, "gray")


@dataclass(frozen=True)
class Fact:
    """
    One line of facts; ``field`` is the one of the policy that decides about it.

    ``reveal`` names the field that is shown masked.
    """

    label: Words
    value: str
    field: str = ""
    note: str = ""
    href: str = ""
    reveal: str = ""


@dataclass(frozen=True)
class Group:
    """Facts that belong together."""

    title: Words
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Figure:
    """One computed value, and where it explains itself."""

    label: Words
    value: str
    note: str = ""
    why_url: str = ""


@dataclass(frozen=True)
class Related:
    """Another customer and what it is to this one."""

    customer: Customer
    role: Words
    title: str
    relation_id: int


@dataclass(frozen=True)
class Step:
    """A state the customer can be moved to."""

    key: str
    label: Words


@dataclass(frozen=True)
class Portrait:
    """All that the page of one customer shows beside its timeline."""

    name: str
    state: tuple[Words, str]
    tier: tuple[Words, str] | None
    stage: tuple[Words, str] | None
    steps: Sequence[Step]
    tags: Sequence[str]
    figures: Sequence[Figure]
    scores: Sequence[Figure]
    groups: Sequence[Group]
    related: Sequence[Related]
    has_more_related: bool

    @property
    def values(self) -> Mapping[str, str]:
        """What the facts tell, by the fields of the policy."""
        facts = [fact for group in self.groups for fact in group.facts]
        return {fact.field: fact.value for fact in facts if fact.value}


def portrait_of(viewer: Actor, customer: Customer) -> Portrait:
    """Return what ``viewer`` may see of ``customer``; four queries."""
    traits = customer.traits
    state = State(customer.state)
    clear = CUSTOMER.readable(viewer)
    relations = relations_of(viewer, customer)
    return Portrait(
        name=CUSTOMER.shown(viewer, "name", customer.name),
        state=(state.label, STATE_TONES[state]) if "state" in clear else _UNTOLD,
        tier=_word(Tier, TIER_TONES, traits.tier if "tier" in clear else ""),
        stage=_word(
            LifeStage, STAGE_TONES, traits.life_stage if "life_stage" in clear else ""
        ),
        steps=_steps(viewer, state),
        tags=tag_names_of(customer) if "tags" in clear else [],
        figures=_explained(viewer, customer, FIGURES),
        scores=_explained(viewer, customer, SCORES),
        groups=_groups(viewer, customer),
        related=[_related(customer, relation) for relation in relations[:MOST_RELATED]],
        has_more_related=len(relations) > MOST_RELATED,
    )


def _steps(viewer: Actor, state: State) -> list[Step]:
    """Return where ``viewer`` may move a customer of ``state``."""
    if "state" not in CUSTOMER.writable(viewer):
        return []
    return [Step(step, step.label) for step in State if step in TRANSITIONS[state]]


def _word(
    words: type[Tier] | type[LifeStage], tones: Mapping[str, str], key: str
) -> tuple[Words, str] | None:
    """Return label and tone of ``key``, or None when nothing is known."""
    if key not in words.values:
        return None
    return words(key).label, tones.get(key, "gray")


def _explained(viewer: Actor, customer: Customer, names: Sequence[str]) -> list[Figure]:
    """Return the values ``names`` that ``viewer`` may read, once there are orders."""
    if not customer.traits.order_count:
        return []
    words, why = trait_words(customer), _why(customer.pk)
    return [
        Figure(
            CUSTOMER.fields[name].label, words[name], why_url=why and f"{why}{name}/"
        )
        for name in names
        if words[name] and CUSTOMER.level(viewer, name) >= Level.READ
    ]


def _why(pk: int) -> str:
    """Return where the room of analysis explains the traits of a customer."""
    try:
        return reverse("analytics:why", args=[pk, "x"]).removesuffix("x/")
    except NoReverseMatch:
        return ""


def _groups(viewer: Actor, customer: Customer) -> list[Group]:
    groups = [
        Group(pgettext("customer", "Contact"), _points(viewer, customer)),
        Group(_("Address"), _place(viewer, customer)),
        Group(_("Classification"), _kinds(viewer, customer)),
        Group(_("Particulars"), _particulars(viewer, customer)),
        *_added(viewer, customer),
    ]
    return [group for group in groups if group.facts]


def _points(viewer: Actor, customer: Customer) -> list[Fact]:
    facts = []
    for point in points_of(customer):
        kind = PointKind(point.kind)
        level = CUSTOMER.level(viewer, kind)
        if level is Level.HIDDEN:
            continue
        is_clear = level >= Level.READ
        facts.append(
            Fact(
                label=kind.label,
                value=point.shown
                if is_clear
                else CUSTOMER.shown(viewer, kind, point.value),
                field=kind.value,
                note=point.label,
                href=_href(point) if is_clear else "",
                reveal="" if is_clear else kind.value,
            )
        )
    return facts


def _href(point: ContactPoint) -> str:
    """Return how a program calls or writes: ``tel:`` and ``mailto:`` addresses."""
    if point.kind == PointKind.PHONE:
        return f"tel:{point.value}"
    return f"mailto:{point.shown}" if point.kind == PointKind.EMAIL else ""


def _place(viewer: Actor, customer: Customer) -> list[Fact]:
    address = address_of(customer) or Address(
        province=customer.province, city=customer.city
    )
    province = CUSTOMER.shown(viewer, "province", address.province)
    city = CUSTOMER.shown(viewer, "city", address.city)
    district = CUSTOMER.shown(viewer, "city", address.district)
    # Beijing is its own province: 北京市 北京 would say it twice.
    city = "" if province.startswith(city) else city
    region = " ".join(filter(None, (province, city, district)))
    facts = [Fact(_("Region"), region)] if region else []
    street = _fact(
        viewer, "address", " ".join(filter(None, (address.street, address.postcode)))
    )
    return facts + street


def _kinds(viewer: Actor, customer: Customer) -> list[Fact]:
    shown = {
        "form": Form(customer.form).label,
        "kind": str(customer.kind or ""),
        "relation_kind": str(customer.relation_kind or ""),
        "is_key": _("Yes") if customer.is_key else _("No, small and medium customer"),
        "target_reason": customer.target_reason
        if customer.state == State.TARGET
        else "",
        "source": customer.source,
        "external_id": customer.external_id,
        "created_at": date_format(
            timezone.localtime(customer.created_at), "DATE_FORMAT"
        ),
    }
    return [
        fact
        for name, value in shown.items()
        for fact in _fact(viewer, name, str(value))
    ]


def _particulars(viewer: Actor, customer: Customer) -> list[Fact]:
    revenue = customer.annual_revenue
    shown = {
        "short_name": customer.short_name,
        "credit_code": customer.credit_code,
        "industry": customer.industry,
        "website": customer.website,
        "employees": ""
        if customer.employees is None
        else figures.grouped(customer.employees),
        "founded_year": str(customer.founded_year or ""),
        "annual_revenue": ""
        if revenue is None
        else figures.amount(revenue, settings.CURRENCY),
        "birth_on": customer.birth_on.isoformat() if customer.birth_on else "",
        "lunar_birthday": str(lunar_day(customer.lunar_birthday))
        if customer.lunar_birthday
        else "",
    }
    facts = [
        fact for name, value in shown.items() for fact in _fact(viewer, name, value)
    ]
    facts = [_with_next(viewer, customer, fact) for fact in facts]
    facts += _numbers(viewer, customer)
    return facts + _fact(viewer, "note", customer.note, _("Remarks"))


def _with_next(viewer: Actor, customer: Customer, fact: Fact) -> Fact:
    """Return ``fact``; the birthday that is celebrated with the day it is next."""
    celebrated = "lunar_birthday" if customer.lunar_birthday else "birth_on"
    day = customer.traits.next_birthday_on
    if fact.field != celebrated or not day:
        return fact
    if "next_birthday_on" not in CUSTOMER.readable(viewer):
        return fact
    told = _("next on %(day)s") % {"day": date_format(day, "DATE_FORMAT")}
    return replace(fact, note=told)


def _added(viewer: Actor, customer: Customer) -> list[Group]:
    """Return the fields that the house added, group by group."""
    groups: dict[str, Group] = {}
    for spec in fields_for(custom_fields(), customer.form):
        facts = _fact(viewer, spec.key, spec.shown(customer.extra.get(spec.key)))
        group = groups.setdefault(spec.group, Group(spec.group_names.words, []))
        groups[spec.group] = replace(group, facts=[*group.facts, *facts])
    return list(groups.values())


def _numbers(viewer: Actor, customer: Customer) -> list[Fact]:
    """Return the numbers that are kept sealed; those nobody is shown are not opened."""
    facts: list[Fact] = []
    for name in ("id_number", "bank_card"):
        if CUSTOMER.level(viewer, name) > Level.HIDDEN:
            facts += _fact(viewer, name, getattr(customer, name))
    is_told = CUSTOMER.level(viewer, "id_kind") >= Level.READ and customer.id_kind
    kind = str(IdKind(customer.id_kind).label) if is_told else ""
    return [replace(f, note=kind) if f.field == "id_number" else f for f in facts]


def _fact(viewer: Actor, name: str, value: str, label: Words = "") -> list[Fact]:
    """Return the line of a field, as openly as ``viewer`` may see it, or none."""
    shown = CUSTOMER.shown(viewer, name, value)
    if not shown:
        return []
    is_masked = CUSTOMER.level(viewer, name) is Level.MASKED
    reveal = name if is_masked and is_revealable(name) else ""
    label = label or CUSTOMER.fields[name].label
    return [Fact(label, shown, field=name, reveal=reveal)]


def _related(customer: Customer, relation: Relation) -> Related:
    tie = tie_of(relation.kind)
    is_source = relation.source_id == customer.pk
    return Related(
        customer=relation.target if is_source else relation.source,
        role=tie.forward if is_source else tie.backward,
        title=relation.title,
        relation_id=relation.pk,
    )
