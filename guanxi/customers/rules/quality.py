"""
Laws of data quality: four dimensions of 0 to 100, what takes points, and the total.

The dimensions are those by which the trade judges customer data: 准确性, 有效性, 及时性,
完备性. Completeness is the weighted share of what is filled in, timeliness the share of
parts within their review age; validity and accuracy begin at 100 and lose the points of
each check that fails. See docs/laws/customers.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import TypeAdapter

from guanxi.customers.rules import Form
from guanxi.foundation.words import Words

FULL = 100
MOST_MONTHS = 120
MISSING, STALE = "missing:", "stale:"
# Nobody lives longer, as far as is known: 122 years (J. Calment).
OLDEST_YEARS = 122


class Dimension(TextChoices):
    """How data can be good or bad."""

    ACCURACY = "accuracy", pgettext_lazy("quality", "Accuracy")
    VALIDITY = "validity", pgettext_lazy("quality", "Validity")
    TIMELINESS = "timeliness", pgettext_lazy("quality", "Timeliness")
    COMPLETENESS = "completeness", pgettext_lazy("quality", "Completeness")


class Check(TextChoices):
    """Something that takes points from validity or accuracy."""

    NAME = "name", _("The name is a placeholder")
    PHONE = "phone", _("The phone number is none")
    EMAIL = "email", _("The e-mail address is none")
    ID_NUMBER = "id_number", _("The ID number is none")
    CREDIT_CODE = "credit_code", _("The credit code is none")
    PROVINCE = "province", _("There is no such province")
    BIRTHDAY = "birth_on", _("The birthday cannot be")
    FOUNDED = "founded_year", _("The founding year cannot be")
    PHONE_DEAD = "phone_dead", _("The phone does not reach anybody")
    EMAIL_DEAD = "email_dead", _("Mail to the address comes back")
    ID_BIRTHDAY = "id_birthday", _("The ID number tells another birthday")
    ID_GENDER = "id_gender", _("The ID number tells another gender")
    ID_PROVINCE = "id_province", _("The ID number is from another province")
    PHONE_AREA = "phone_area", _("The area code is of another province")
    CITY = "city", _("The city lies in another province")


@dataclass(frozen=True)
class Nature:
    """What a check is about: its dimension, the field to mend, and whose secrets it tells."""

    dimension: Dimension
    field: str
    tells: tuple[str, ...]
    points: int


_VALID, _TRUE = Dimension.VALIDITY, Dimension.ACCURACY
NATURES: Mapping[Check, Nature] = {
    Check.NAME: Nature(_VALID, "name", ("name",), 50),
    Check.PHONE: Nature(_VALID, "phone", ("phone",), 40),
    Check.EMAIL: Nature(_VALID, "email", ("email",), 30),
    Check.ID_NUMBER: Nature(_VALID, "id_number", ("id_number",), 30),
    Check.CREDIT_CODE: Nature(_VALID, "credit_code", ("credit_code",), 30),
    Check.PROVINCE: Nature(_VALID, "province", ("province",), 20),
    Check.BIRTHDAY: Nature(_VALID, "birth_on", ("birth_on",), 20),
    Check.FOUNDED: Nature(_VALID, "founded_year", ("founded_year",), 20),
    Check.PHONE_DEAD: Nature(_TRUE, "phone", ("phone",), 40),
    Check.EMAIL_DEAD: Nature(_TRUE, "email", ("email",), 20),
    Check.ID_BIRTHDAY: Nature(_TRUE, "birth_on", ("id_number", "birth_on"), 40),
    Check.ID_GENDER: Nature(_TRUE, "x_gender", ("id_number",), 30),
    # People move: it is a hint, and costs nothing until the house says so.
    Check.ID_PROVINCE: Nature(_TRUE, "province", ("id_number", "province"), 0),
    Check.PHONE_AREA: Nature(_TRUE, "phone", ("phone", "province"), 15),
    Check.CITY: Nature(_TRUE, "province", ("province", "city"), 30),
}


class Part(TextChoices):
    """Facts that are reviewed together; fields of the house are parts of their own."""

    CONTACT = "contact", _("Ways to reach")
    ADDRESS = "address", _("Address")
    PARTICULARS = "particulars", _("Particulars of the company")


PART_OF: Mapping[str, Part] = {
    **dict.fromkeys(("phone", "email", "wechat"), Part.CONTACT),
    **dict.fromkeys(("province", "city", "address"), Part.ADDRESS),
    **dict.fromkeys(
        ("industry", "website", "employees", "founded_year", "annual_revenue"),
        Part.PARTICULARS,
    ),
}
# Where a worklist leads to mend a part.
FIRST_FIELD: Mapping[str, str] = {
    Part.CONTACT: "phone",
    Part.ADDRESS: "province",
    Part.PARTICULARS: "industry",
}

# Fields of the product that may count for completeness, by the form of the party.
COUNTED: Mapping[str, tuple[str, ...]] = {
    Form.PERSON.value: (
        *("phone", "email", "wechat", "province", "city", "address"),
        *("birth_on", "id_number", "bank_card", "kind", "relation_kind", "source"),
    ),
    Form.ORGANIZATION.value: (
        *("phone", "email", "wechat", "province", "city", "address"),
        *("credit_code", "industry", "website", "employees", "founded_year"),
        *("annual_revenue", "kind", "relation_kind", "source"),
    ),
}


def _shares() -> dict[Dimension, int]:
    shares = (30, 25, 20, 25)
    return dict(zip(Dimension, shares, strict=True))


def _of_persons() -> dict[str, int]:
    return {
        "phone": 30,
        "email": 10,
        "wechat": 10,
        "city": 15,
        "address": 10,
        "birth_on": 15,
        "source": 10,
    }


def _of_organizations() -> dict[str, int]:
    return {
        "phone": 30,
        "email": 10,
        "city": 15,
        "address": 10,
        "credit_code": 20,
        "industry": 10,
        "source": 5,
    }


def _points() -> dict[Check, int]:
    return {check: nature.points for check, nature in NATURES.items()}


def _months() -> dict[Part, int]:
    return {Part.CONTACT: 12, Part.ADDRESS: 24, Part.PARTICULARS: 12}


@dataclass(frozen=True)
class QualityRules:
    """
    What the house has decided about data quality.

    ``weights`` of the dimensions add up to 100, and so do the weights of the fields that
    count for completeness, by form. ``points`` are taken by each check, 0 turns it off.
    ``months`` is the review age of each part, 0 for never.
    """

    weights: Mapping[Dimension, int] = field(default_factory=_shares)
    person: Mapping[str, int] = field(default_factory=_of_persons)
    organization: Mapping[str, int] = field(default_factory=_of_organizations)
    points: Mapping[Check, int] = field(default_factory=_points)
    months: Mapping[Part, int] = field(default_factory=_months)

    def __post_init__(self) -> None:
        """Refuse weights that do not add up."""
        for weights in (self.weights, self.person, self.organization):
            if sum(weights.values()) != FULL or min(weights.values()) < 0:
                raise ValueError(weights)

    def counted(self, form: str) -> Mapping[str, int]:
        """Return the weights of the fields that count for parties of ``form``."""
        return self.person if form == Form.PERSON else self.organization


QUALITY_RULES = TypeAdapter(QualityRules)
RULE_PARTS: Mapping[str, Words] = {
    "weights": _("Weights of the dimensions"),
    "person": _("Fields of persons"),
    "organization": _("Fields of organizations"),
    "points": _("Points of the checks"),
    "months": _("Review ages"),
}


def dimension_of(fault: str) -> Dimension:
    """Return the dimension that ``fault`` takes points from."""
    if fault.startswith(MISSING):
        return Dimension.COMPLETENESS
    if fault.startswith(STALE):
        return Dimension.TIMELINESS
    return NATURES[Check(fault)].dimension


def field_of(fault: str) -> str:
    """Return the field at which ``fault`` is mended, empty where it is no field."""
    kind, _colon, name = fault.partition(":")
    if not name:
        return NATURES[Check(kind)].field
    return FIRST_FIELD.get(name, name)


def told_by(fault: str) -> tuple[str, ...]:
    """Return the fields of which ``fault`` says something to whoever reads it."""
    kind, _colon, name = fault.partition(":")
    if not name:
        return NATURES[Check(kind)].tells
    return (FIRST_FIELD.get(name, name),)


def touched_parts(fields: Iterable[str]) -> set[str]:
    """Return the parts that a change of ``fields`` makes fresh."""
    return {str(PART_OF.get(name, name)) for name in fields}
