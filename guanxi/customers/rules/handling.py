"""
How a kind of customer is treated: what helps whoever serves it, and who may call first.

Five policies follow the five types of relationship of the trade, from selling once to
working together. Where several kinds of one customer say different things, the one that
leaves the customer more in peace decides. Of kinds, segments and tiers see
`guanxi.customers.rules.contact_policy`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.field import FieldKind, FieldSpec, Names
from guanxi.foundation.words import Words

# What a field of yes and no says where it says yes.
YES = "true"
LONGEST_TIP, MOST_DAYS = 500, 730


class ContactPolicy(TextChoices):
    """Who makes contact after a sale, from the most restrained to the closest."""

    NONE = "none", _("No contact after the sale")
    ON_REQUEST = "on_request", _("Only when the customer asks")
    FOLLOW_UP = "follow_up", _("One follow-up after each purchase")
    REGULAR = "regular", _("Regular contact")
    JOINT = "joint", _("Joint work")


class Tone(TextChoices):
    """How a customer is spoken to."""

    RESPECTFUL = "respectful", pgettext_lazy("tone", "Formal and respectful")
    WARM = "warm", pgettext_lazy("tone", "Warm and personal")
    FACTUAL = "factual", pgettext_lazy("tone", "Short and factual")


RESTRAINED = (ContactPolicy.NONE, ContactPolicy.ON_REQUEST)
RECURRING = (ContactPolicy.REGULAR, ContactPolicy.JOINT)
# Days where the house says none: after a purchase, and between two contacts.
USUAL_DAYS = {
    ContactPolicy.FOLLOW_UP: 7,
    ContactPolicy.REGULAR: 30,
    ContactPolicy.JOINT: 14,
}
_ORDER = list(ContactPolicy)


@dataclass(frozen=True)
class ContactRule:
    """
    Who makes contact and at the latest every how many days, how far apart at the least,
    by which channel and in which tone.

    Without a ``policy`` nobody has to make contact, and whoever does keeps to the rest.
    """

    policy: ContactPolicy | None
    days: int = 0
    channel: str = ""
    least_days: int = 0
    tone: str = ""

    @property
    def rhythm(self) -> str:
        """Who makes contact and how often, as people read it; empty if not said."""
        if self.policy is None:
            return ""
        words = _SENTENCES[self.policy] if self.days else self.policy.label
        return str(words) % {"days": self.days}

    @property
    def sentence(self) -> str:
        """The rule as people read it."""
        told = self.rhythm or gettext("No contact at fixed times")
        if self.least_days:
            words = gettext("%(rule)s; at least %(days)s days between two contacts")
            told = words % {"rule": told, "days": self.least_days}
        if self.channel:
            channel = ContactChannel(self.channel).label
            words = gettext("%(rule)s; best by: %(channel)s")
            told = words % {"rule": told, "channel": channel}
        if self.tone:
            words = gettext("%(rule)s; tone: %(tone)s")
            told = words % {"rule": told, "tone": Tone(self.tone).label}
        return told


_SENTENCES: dict[ContactPolicy, Words] = {
    ContactPolicy.NONE: ContactPolicy.NONE.label,
    ContactPolicy.ON_REQUEST: ContactPolicy.ON_REQUEST.label,
    ContactPolicy.FOLLOW_UP: _("One follow-up %(days)s days after each purchase"),
    ContactPolicy.REGULAR: _("Regular contact every %(days)s days"),
    ContactPolicy.JOINT: _("Joint work, looked at together every %(days)s days"),
}


@dataclass(frozen=True)
class HandlingSpec:
    """
    What the house says about one choice of a field.

    ``statement`` is meant for the customer, to be read out or sent as it is.
    """

    description: Names
    tip: Names
    statement: Names
    rule: ContactRule | None = None


def contact_rule_of(rules: Iterable[ContactRule]) -> ContactRule | None:
    """Return the one of ``rules`` that leaves a customer most in peace, None of none."""
    return min(rules, key=peace_of, default=None)


def peace_of(rule: ContactRule) -> tuple[int, int, int]:
    """Return what orders rules from the one that leaves most in peace."""
    closeness = _ORDER.index(rule.policy) if rule.policy else len(_ORDER)
    return closeness, -rule.days, -rule.least_days


def handled_choices(spec: FieldSpec) -> dict[str, Names]:
    """Return what of a field can have a handling: its choices, or its yes."""
    if spec.kind is FieldKind.BOOLEAN:
        return {YES: Names("是", "Yes")}
    return dict(spec.choices or {})


def choice_of(value: object) -> str:
    """Return a stored value as the key of a choice."""
    return YES if value is True else str(value or "")
