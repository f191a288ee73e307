"""Words and laws of customers: forms, states, points, names compared and searched."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.emails import normalize_email, parse_email
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.names import pinyin_forms, sort_key
from guanxi.foundation.phones import parse_phone, search_forms, show_phone
from guanxi.foundation.search_text import search_text


class Form(TextChoices):
    """What a party is by nature."""

    PERSON = "person", _("Person")
    ORGANIZATION = "organization", _("Organization")


class State(TextChoices):
    """Where a party stands toward us."""

    NON_CUSTOMER = "non_customer", _("Non-customer")
    POTENTIAL = "potential", _("Potential customer")
    TARGET = "target", _("Target customer")
    ACTUAL = "actual", _("Actual customer")
    LOST = "lost", _("Lost customer")


class PurchaseState(TextChoices):
    """The sub-state of an actual customer, from its own orders."""

    FIRST_TIME = "first_time", _("First-time buyer")
    REPEAT = "repeat", _("Repeat buyer")
    LOYAL = "loyal", _("Loyal customer")
    LOST = "lost", _("Lost buyer")


class LifeStage(TextChoices):
    """The stage of the relationship, from volume and trend."""

    EXPLORATION = "exploration", _("Exploration stage")
    FORMATION = "formation", _("Formation stage")
    STABLE = "stable", _("Stable stage")
    DECLINE = "decline", _("Decline stage")


class Tier(TextChoices):
    """The place in the customer pyramid."""

    VITAL = "vital", _("Vital customer")
    MAJOR = "major", _("Major customer")
    NORMAL = "normal", _("Normal customer")
    SMALL = "small", _("Small customer")


class PointKind(TextChoices):
    """The ways to reach a customer."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")


class RelationKind(TextChoices):
    """What the source of a relation is to its target."""

    WORKS_FOR = "works_for", _("works for")
    DECIDES_FOR = "decides_for", _("decides for")
    REFERRED_BY = "referred_by", _("was referred by")
    FAMILY = "family", _("is family of")
    SUBSIDIARY_OF = "subsidiary_of", pgettext_lazy("company", "is a subsidiary of")


# What the target of a relation is to its source: the same relation read backward.
REVERSED: Mapping[str, object] = {
    RelationKind.WORKS_FOR: _("employs"),
    RelationKind.DECIDES_FOR: _("is decided for by"),
    RelationKind.REFERRED_BY: _("referred"),
    RelationKind.FAMILY: _("is family of"),
    RelationKind.SUBSIDIARY_OF: pgettext_lazy("company", "is the parent of"),
}

# The two code lists of customer kinds.
KIND_SCHEME = "kind"
RELATION_SCHEME = "relation_kind"

# Where a party may go from each state, and by which event of the trade: see
# docs/laws/customers.md. An order makes anybody an actual customer by way of
# `potential`; only giving up sends a lost one back to non_customer.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.NON_CUSTOMER: frozenset({State.POTENTIAL}),
    State.POTENTIAL: frozenset({State.TARGET, State.ACTUAL, State.NON_CUSTOMER}),
    State.TARGET: frozenset({State.POTENTIAL, State.ACTUAL, State.NON_CUSTOMER}),
    State.ACTUAL: frozenset({State.LOST}),
    State.LOST: frozenset({State.ACTUAL, State.NON_CUSTOMER}),
}


# How a party may begin; it becomes an actual customer by what happens.
BEGINNINGS = frozenset({State.NON_CUSTOMER, State.POTENTIAL, State.TARGET})


def may_become(state: State, wanted: State) -> bool:
    """Tell whether a party in ``state`` may lawfully move to ``wanted``."""
    return wanted in TRANSITIONS[state]


def arcs_to_actual(state: State) -> tuple[State, ...]:
    """Return the states a buyer passes, one lawful arc each, to become actual."""
    if state is State.ACTUAL:
        return ()
    if may_become(state, State.ACTUAL):
        return (State.ACTUAL,)
    return (State.POTENTIAL, State.ACTUAL)


@dataclass(frozen=True, slots=True)
class Point:
    """A way to reach a customer, as somebody typed it."""

    kind: PointKind
    text: str
    label: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class NormalPoint:
    """
    The same, normalized: ``value`` is compared, ``shown`` is read by people.

    ``found_by`` are the texts a search may name a part of.
    """

    kind: PointKind
    value: str
    shown: str
    found_by: tuple[str, ...]
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A postal address."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""
    country: str = "CN"

    def __bool__(self) -> bool:
        """Tell whether anything of it is known."""
        return bool(self.province or self.city or self.district or self.street)


class InvalidWechat(Invalid):
    """The text is no WeChat id."""


_WECHAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-.@]{1,63}")


def normal_point(kind: PointKind, text: str) -> NormalPoint:
    """
    Return the point written in ``text``.

    :raises Invalid: with the sentence that says what is wrong with it.
    """
    if kind is PointKind.PHONE:
        phone = parse_phone(text)
        shown = show_phone(phone.e164, phone.extension)
        return NormalPoint(
            kind, phone.e164, shown, search_forms(phone), phone.extension
        )
    if kind is PointKind.EMAIL:
        mail = parse_email(text)
        return NormalPoint(kind, mail.key, mail.address, (mail.key,))
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _WECHAT.fullmatch(plain):
        raise InvalidWechat(
            _("A WeChat id has letters, digits, - and _ only."), code="wechat"
        )
    return NormalPoint(kind, plain.lower(), plain, (plain,))


def reach_of(text: str) -> tuple[PointKind, str] | None:
    """Return the kind and value that ``text`` names in full, or None for a fragment."""
    try:
        if "@" in text:
            return PointKind.EMAIL, normalize_email(text)
        return PointKind.PHONE, parse_phone(text).e164
    except Invalid:
        return None


# The legal endings of company names, which people write or leave out at will; a
# branch (分公司) is a place of its own and keeps its ending.
_LEGAL_ENDINGS = re.compile(
    r"(?:(?:股份)?(?:有限)?(?:责任)?(?<!分)公司|集团|"
    r"(?:\b|(?<=[^a-z]))(?:co|ltd|limited|inc|llc|corp|corporation|company|gmbh|ag|plc|group))$"
)
_PUNCTUATION = re.compile(r"[^\w]|_")


def core_name(form: str, name: str) -> str:
    """
    Return what two spellings of one name have in common.

    Compatibility forms plain, lower case, no blanks and punctuation; an organization
    without its legal endings, unless nothing else would be left.
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    if form == Form.ORGANIZATION:
        plain = _without_endings(plain)
    return _PUNCTUATION.sub("", plain)


def _without_endings(plain: str) -> str:
    while True:
        bare = plain.rstrip(" .,()&")
        shorter = _LEGAL_ENDINGS.sub("", bare)
        if shorter == bare or not _PUNCTUATION.sub("", shorter):
            return plain
        plain = shorter


LONGEST_MATCH_NAME, LONGEST_GRAMMED = 200, 40
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+")


@dataclass(frozen=True, slots=True)
class SearchColumns:
    """The columns of a customer that are computed from its names and points."""

    sort_name: str
    match_name: str
    search: str
    search_contact: str


def search_columns(
    form: str,
    name: str,
    *,
    short_name: str = "",
    external_id: str = "",
    points: Sequence[NormalPoint] = (),
) -> SearchColumns:
    """
    Return the computed columns: what lists sort by, duplicates match by, searches read.

    ``search`` holds names, pinyin in every reading, and the pairs of neighboring
    characters: a pair has no trigram of its own, so each begins a word.
    ``search_contact`` holds what only readers of contact points may search.
    """
    sounds = pinyin_forms(name)
    words = [name, short_name, external_id, *sounds.all]
    words += [*pinyin_forms(short_name).all, *_pairs(name), *_pairs(short_name)]
    return SearchColumns(
        sort_name=sort_key(name),
        match_name=match_name(form, name),
        search=search_text(*dict.fromkeys(words)),
        search_contact=search_text(*(text for p in points for text in p.found_by)),
    )


def match_name(form: str, name: str) -> str:
    """Return the core of a name as it sounds, by which duplicates are looked up."""
    core = core_name(form, name)
    return (pinyin_forms(core).full or core)[:LONGEST_MATCH_NAME]


def _pairs(name: str) -> list[str]:
    """Return the neighboring pairs of Chinese characters that do not begin ``name``."""
    plain = unicodedata.normalize("NFKC", name[:LONGEST_GRAMMED])
    return [
        run[i : i + 2]
        for run in _CHINESE.findall(plain)
        for i in range(1, len(run) - 1)
    ]


class Reason(TextChoices):
    """What makes two parties look like one."""

    EXTERNAL_ID = "external_id", _("Same external ID")
    ID_NUMBER = "id_number", _("Same ID number")
    PHONE = "phone", _("Same phone")
    EMAIL = "email", _("Same e-mail")
    WECHAT = "wechat", _("Same WeChat")
    NAME = "name", _("Same name")
    SOUND = "sound", _("Name sounds the same")
    CITY = "city", _("Same city")
    BIRTH_ON = "birth_on", _("Same birthday")


# Our own weights in points of a hundred: see docs/laws/customers.md.
WEIGHTS: Mapping[Reason, int] = {
    Reason.EXTERNAL_ID: 100,
    Reason.ID_NUMBER: 100,
    Reason.PHONE: 60,
    Reason.EMAIL: 60,
    Reason.WECHAT: 60,
    Reason.NAME: 30,
    Reason.SOUND: 20,
    Reason.CITY: 20,
    Reason.BIRTH_ON: 30,
}
# A company's name is chosen to be its own; a person's is shared by many.
COMPANY_NAME_WEIGHT = 70
# Two different ID numbers or birthdays are two persons.
CONTRADICTION = -60
LIKELY = 40
HIGHEST = 100


@dataclass(frozen=True)
class Likeness:
    """What of a party is compared with others to find duplicates."""

    form: Form
    name: str
    city: str = ""
    points: frozenset[tuple[str, str]] = frozenset()
    external_id: str = ""
    id_number: str = ""
    birth_on: date | None = None


@dataclass(frozen=True)
class Score:
    """How alike two parties are, 0 to 100, and why."""

    points: int
    reasons: tuple[Reason, ...] = ()

    @property
    def is_likely(self) -> bool:
        """Whether a person should look before both are kept."""
        return self.points >= LIKELY


def duplicate_score(one: Likeness, other: Likeness) -> Score:
    """
    Return how likely ``one`` and ``other`` are the same party.

    The sum of the weights of what agrees, less what contradicts, within 0 to 100.
    """
    reasons = tuple(_agreements(one, other))
    total = sum(_weight(reason, one, other) for reason in reasons)
    total += CONTRADICTION * _contradictions(one, other)
    return Score(points=max(0, min(HIGHEST, total)), reasons=reasons)


def _agreements(one: Likeness, other: Likeness) -> Iterable[Reason]:
    if one.external_id and one.external_id == other.external_id:
        yield Reason.EXTERNAL_ID
    if one.id_number and one.id_number == other.id_number:
        yield Reason.ID_NUMBER
    shared = {kind for kind, _value in one.points & other.points}
    yield from (Reason(kind) for kind in PointKind if kind in shared)
    same_name = _name_agreement(one, other)
    if same_name:
        yield same_name
        if one.city and one.city == other.city:
            yield Reason.CITY
    if one.birth_on and one.birth_on == other.birth_on:
        yield Reason.BIRTH_ON


def _name_agreement(one: Likeness, other: Likeness) -> Reason | None:
    core, other_core = core_name(one.form, one.name), core_name(other.form, other.name)
    if core and core == other_core:
        return Reason.NAME
    sound = pinyin_forms(core).full
    if sound and sound == pinyin_forms(other_core).full:
        return Reason.SOUND
    return None


def _weight(reason: Reason, one: Likeness, other: Likeness) -> int:
    are_companies = one.form == other.form == Form.ORGANIZATION
    if reason is Reason.NAME and are_companies:
        return COMPANY_NAME_WEIGHT
    return WEIGHTS[reason]


def _contradictions(one: Likeness, other: Likeness) -> int:
    pairs = ((one.id_number, other.id_number), (one.birth_on, other.birth_on))
    return sum(bool(mine and theirs and mine != theirs) for mine, theirs in pairs)
