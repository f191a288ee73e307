"""
Plans with one customer: what each kind of plan consists of.

The six goals of a key account, the parts of an alliance, the three steps by which a
relationship grows, the four ways to find out what somebody needs, and the tailored
solution are sections of one form; see docs/laws/customers.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

LONGEST_LINE, LONGEST_TEXT, MOST_LINES = 500, 4_000, 200


class PlanKind(TextChoices):
    """What a plan is for."""

    KEY_ACCOUNT = "key_account", _("Key-account plan")
    ALLIANCE = "alliance", _("Alliance agreement")
    RELATIONSHIP = "relationship", _("Relationship plan")
    NEEDS = "needs", _("Needs discovery")
    SOLUTION = "solution", _("Tailored solution")


class PlanState(TextChoices):
    """How a plan stands."""

    OPEN = "open", pgettext_lazy("plan", "Running")
    DONE = "done", pgettext_lazy("plan", "Done")
    DROPPED = "dropped", pgettext_lazy("plan", "Dropped")


@dataclass(frozen=True)
class Section:
    """One part of a plan: what stands in it, and what a figure in it means, if any."""

    key: str
    label: Words
    hint: Words
    figure: Words = ""


SECTIONS: Mapping[PlanKind, Sequence[Section]] = {
    PlanKind.KEY_ACCOUNT: (
        Section(
            "orders",
            _("A steady source of orders"),
            _("What keeps its orders coming, and which share of its demand is ours."),
            _("Share of its orders (%)"),
        ),
        Section(
            "example",
            _("An example for its industry"),
            _("What worked here, told to others of the same industry."),
        ),
        Section(
            "market",
            _("A larger share of the market"),
            _("What winning or growing this account does to our market share."),
            _("Effect on market share (points)"),
        ),
        Section(
            "innovation",
            _("Needs that drive innovation"),
            _("Requests we pass on to development, and what came of them."),
        ),
        Section(
            "asset",
            _("A lasting asset"),
            _("What ties the account to us for years: people, contracts, systems."),
        ),
        Section(
            "win_win",
            _("Gain on both sides"),
            _("What the customer gains from us, and how we both see it."),
        ),
    ),
    PlanKind.ALLIANCE: (
        Section("goals", _("Goals"), _("What both sides want to reach together.")),
        Section(
            "resources",
            _("Shared resources"),
            _("People, stock, data, channels: what each side brings in."),
        ),
        Section(
            "processes",
            _("Integrated processes"),
            _("Which work is done as one: ordering, delivery, development, service."),
        ),
        Section("results", _("Results"), _("What came of it for both sides.")),
    ),
    PlanKind.RELATIONSHIP: (
        Section(
            "differences",
            _("1. See what is different"),
            _("In what this customer's value and needs differ from those of others."),
        ),
        Section(
            "contact",
            _("2. Keep good contact"),
            _("Who talks with whom, how often, by which channel, about what."),
        ),
        Section(
            "fit",
            _("3. Adjust product and service"),
            _("What we change so that it meets this customer's needs."),
        ),
    ),
    PlanKind.NEEDS: (
        Section(
            "look",
            _("Look"),
            _("What you see: how they work, what they use, what hurts."),
        ),
        Section(
            "ask",
            _("Ask"),
            _("What they ask and answer, and how they differ from others."),
        ),
        Section(
            "listen",
            _("Listen"),
            _("What you heard, said back until they agreed with it."),
        ),
        Section(
            "act",
            pgettext_lazy("needs", "Act"),
            _("The solution you shaped together, and how you explained it."),
        ),
    ),
    PlanKind.SOLUTION: (
        Section(
            "offers",
            _("Offers"),
            _("Products and services for this one customer, with its own prices."),
            _("Price"),
        ),
        Section(
            "terms",
            _("Special terms"),
            _("What else was agreed for this customer alone."),
        ),
    ),
}


def section_of(kind: str, key: str) -> Section | None:
    """Return the section ``key`` of plans of ``kind``, None if there is no such."""
    found = SECTIONS[PlanKind(kind)]
    return next((section for section in found if section.key == key), None)
