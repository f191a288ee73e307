"""Words and laws of customers: forms, states and the lawful steps between them."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words


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


class LifePattern(TextChoices):
    """How the relationship ended, or that it lasts."""

    EARLY_ABORTION = "early_abortion", _("Early abortion")
    MIDWAY_DEATH = "midway_death", _("Midway death")
    EARLY_EXIT = "early_exit", _("Early exit")
    LONG_LASTING = "long_lasting", _("Long-lasting")


class Tier(TextChoices):
    """The place in the customer pyramid."""

    VITAL = "vital", _("Vital customer")
    MAJOR = "major", _("Major customer")
    NORMAL = "normal", _("Normal customer")
    SMALL = "small", _("Small customer")


class RfmSegment(TextChoices):
    """The segments of recency, frequency and monetary scores that the product ships."""

    CHAMPIONS = "champions", _("Champions")
    LOYAL = "loyal", _("Loyal buyers")
    POTENTIAL_LOYALIST = "potential_loyalist", _("Potential loyalists")
    NEW = "new", _("New buyers")
    PROMISING = "promising", _("Promising")
    NEED_ATTENTION = "need_attention", _("Need attention")
    ABOUT_TO_SLEEP = "about_to_sleep", _("About to sleep")
    AT_RISK = "at_risk", _("At risk")
    CANNOT_LOSE = "cannot_lose", _("Cannot lose them")
    LOST = "lost", _("Lost buyers")
    OTHERS = "others", _("No segment")


class PointKind(TextChoices):
    """The ways to reach a customer."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")


class RelationKind(TextChoices):
    """What the source of a relation is to its target."""

    WORKS_FOR = "works_for", _("works for")
    DECIDES_FOR = "decides_for", _("decides for")
    INFLUENCES = "influences", _("influences")
    REFERRED_BY = "referred_by", _("was referred by")
    FAMILY = "family", _("is family of")
    SUBSIDIARY_OF = "subsidiary_of", pgettext_lazy("company", "is a subsidiary of")


# What the target of a relation is to its source: the same relation read backward.
REVERSED: Mapping[str, Words] = {
    RelationKind.WORKS_FOR: _("employs"),
    RelationKind.DECIDES_FOR: _("is decided for by"),
    RelationKind.INFLUENCES: _("is influenced by"),
    RelationKind.REFERRED_BY: _("referred"),
    RelationKind.FAMILY: _("is family of"),
    RelationKind.SUBSIDIARY_OF: pgettext_lazy("company", "is the parent of"),
}

# How each state looks: as dot and word, never by tone alone.


class Responsible(TextChoices):
    """In which way nobody is responsible for a customer."""

    NONE = "none", _("nobody was ever named")
    LEFT = "left", _("the owner has left")


STATE_TONES: Mapping[str, str] = {
    State.NON_CUSTOMER: "gray",
    State.POTENTIAL: "blue",
    State.TARGET: "amber",
    State.ACTUAL: "green",
    State.LOST: "red",
}
TIER_TONES: Mapping[str, str] = {Tier.VITAL: "green", Tier.MAJOR: "blue"}
STAGE_TONES: Mapping[str, str] = {
    LifeStage.EXPLORATION: "blue",
    LifeStage.FORMATION: "blue",
    LifeStage.STABLE: "green",
    LifeStage.DECLINE: "red",
}

PATTERN_TONES: Mapping[str, str] = {
    LifePattern.EARLY_ABORTION: "red",
    LifePattern.MIDWAY_DEATH: "red",
    LifePattern.EARLY_EXIT: "amber",
    LifePattern.LONG_LASTING: "green",
}

# The two code lists of customer kinds, and what people are asked for consent to.
KIND_SCHEME = "kind"
RELATION_SCHEME = "relation_kind"
PURPOSE_SCHEME = "consent_purpose"
# How customers belong together; its entries are called otherwise read backward.
TIE_SCHEME = "tie"
# What the grades of the weighted grading are called, the best first.
GRADE_SCHEME = "grade"
KIND_SCHEMES = (KIND_SCHEME, RELATION_SCHEME)
SCHEMES: Mapping[str, Words] = {
    KIND_SCHEME: pgettext_lazy("customer", "Kind"),
    RELATION_SCHEME: _("Business relationship"),
    PURPOSE_SCHEME: _("Purposes of consent"),
    TIE_SCHEME: _("Relations between customers"),
    GRADE_SCHEME: pgettext_lazy("customer", "Grade"),
}

# What grades are called before the list is shipped.
GRADES: Mapping[str, Words] = {
    "a": pgettext_lazy("customer grade", "Grade A"),
    "b": pgettext_lazy("customer grade", "Grade B"),
    "c": pgettext_lazy("customer grade", "Grade C"),
    "d": pgettext_lazy("customer grade", "Grade D"),
}

# Every party has a kind: this one where nobody says another.
KIND_OF_FORM: Mapping[Form, str] = {
    Form.PERSON: "consumer",
    Form.ORGANIZATION: "enterprise",
}

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


# Why somebody is chosen as a target customer, in a sentence.
LONGEST_TARGET_REASON = 200

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
