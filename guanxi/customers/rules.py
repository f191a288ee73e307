"""Words and laws of customers: forms, states and their lawful transitions."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


def may_become(state: State, wanted: State) -> bool:
    """Tell whether a party in ``state`` may lawfully move to ``wanted``."""
    return wanted in TRANSITIONS[state]
