"""
How a kind of customer is treated: what helps whoever serves it, and who may call first.

Five policies follow the five types of relationship of the trade, from selling once to
working together. Where several kinds of one customer say different things, the one that
leaves the customer more in peace decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext
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
    """Who makes contact, after or every how many days, and by which channel."""

    policy: ContactPolicy
    days: int = 0
    channel: str = ""

    @property
    def sentence(self) -> str:
        """The rule as people read it."""
        words = _SENTENCES[self.policy] if self.days else self.policy.label
        told = str(words) % {"days": self.days}
        if not self.channel:
            return told
        channel = ContactChannel(self.channel).label
        return gettext("%(rule)s; best by: %(channel)s") % {
            "rule": told,
            "channel": channel,
        }


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
    return min(
        rules, key=lambda rule: (_ORDER.index(rule.policy), -rule.days), default=None
    )


def handled_choices(spec: FieldSpec) -> dict[str, Names]:
    """Return what of a field can have a handling: its choices, or its yes."""
    if spec.kind is FieldKind.BOOLEAN:
        return {YES: Names("是", "Yes")}
    return dict(spec.choices or {})


def choice_of(value: object) -> str:
    """Return a stored value as the key of a choice."""
    return YES if value is True else str(value or "")
