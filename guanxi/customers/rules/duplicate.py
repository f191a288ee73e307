"""How likely two parties are one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.name import core_name, names_company
from guanxi.foundation.names import pinyin_forms


class Reason(TextChoices):
    """What makes two parties look like one."""

    EXTERNAL_ID = "external_id", _("Same external ID")
    ID_NUMBER = "id_number", _("Same ID number")
    CREDIT_CODE = "credit_code", _("Same credit code")
    BANK_CARD = "bank_card", _("Same bank card")
    PHONE = "phone", _("Same phone")
    EMAIL = "email", _("Same e-mail")
    WECHAT = "wechat", _("Same WeChat")
    NAME = "name", _("Same name")
    SOUND = "sound", _("Name sounds the same")
    CITY = "city", _("Same city")
    BIRTH_ON = "birth_on", _("Same birthday")
    # What only the run over the whole base looks for.
    NAME_ORDER = "name_order", _("Name in another order")
    NAME_NEAR = "name_near", _("Similar name")
    BRAND = "brand", _("Same short name")
    PHONE_NEAR = "phone_near", _("Phone differs by a digit")
    MAILBOX = "mailbox", _("Same mailbox at another provider")
    ID_NUMBER_NEAR = "id_number_near", _("Similar ID number")
    BIRTH_ON_NEAR = "birth_on_near", _("Similar birthday")
    ADDRESS = "address", _("Same address")
    ADDRESS_NEAR = "address_near", _("Similar address")


class PairState(TextChoices):
    """What people have said about a pair that is likely one."""

    OPEN = "open", pgettext_lazy("pair", "To be looked at")
    DIFFERENT = "different", pgettext_lazy("pair", "Not the same")


# Our own weights in points of a hundred: see docs/laws/customers.md.
WEIGHTS: Mapping[Reason, int] = {
    Reason.EXTERNAL_ID: 100,
    Reason.ID_NUMBER: 100,
    Reason.CREDIT_CODE: 100,
    Reason.BANK_CARD: 60,
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
_NUMBERS = (Reason.ID_NUMBER, Reason.CREDIT_CODE, Reason.BANK_CARD)
# Two different ID numbers, credit codes or birthdays are two parties.
CONTRADICTION = -60
LIKELY = 40
HIGHEST = 100


@dataclass(frozen=True)
class Likeness:
    """
    What of a party is compared with others to find duplicates.

    Numbers that are kept sealed stand here as anything that is equal where they are.
    """

    form: Form
    name: str
    city: str = ""
    points: frozenset[tuple[str, str]] = frozenset()
    external_id: str = ""
    id_number: str = ""
    birth_on: date | None = None
    source: str = ""
    credit_code: str = ""
    bank_card: str = ""

    @property
    def named_as(self) -> Form:
        """The form its name speaks of: a company's does, also when it is kept as a person."""
        return Form.ORGANIZATION if names_company(self.name) else self.form


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
    if _same_external_id(one, other):
        yield Reason.EXTERNAL_ID
    for name in _NUMBERS:
        number = getattr(one, name)
        if number and number == getattr(other, name):
            yield Reason(name)
    shared = {kind for kind, _value in one.points & other.points}
    yield from (Reason(kind) for kind in PointKind if kind in shared)
    same_name = _name_agreement(one, other)
    if same_name:
        yield same_name
        if one.city and one.city == other.city:
            yield Reason.CITY
    if one.birth_on and one.birth_on == other.birth_on:
        yield Reason.BIRTH_ON


def _same_external_id(one: Likeness, other: Likeness) -> bool:
    """Tell whether both have one number, and of one source as far as is known."""
    if one.source and other.source and one.source != other.source:
        return False
    return bool(one.external_id) and one.external_id == other.external_id


def _name_agreement(one: Likeness, other: Likeness) -> Reason | None:
    core, other_core = (core_name(party.named_as, party.name) for party in (one, other))
    if core and core == other_core:
        return Reason.NAME
    sound = pinyin_forms(core).full
    if sound and sound == pinyin_forms(other_core).full:
        return Reason.SOUND
    return None


def _weight(reason: Reason, one: Likeness, other: Likeness) -> int:
    are_companies = one.named_as == other.named_as == Form.ORGANIZATION
    if reason is Reason.NAME and are_companies:
        return COMPANY_NAME_WEIGHT
    return WEIGHTS[reason]


def _contradictions(one: Likeness, other: Likeness) -> int:
    names = ("id_number", "credit_code", "birth_on")
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return sum(bool(mine and theirs and mine != theirs) for mine, theirs in pairs)
