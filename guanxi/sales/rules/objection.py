"""Words and laws of objections: seven kinds, three natures, five steps of an answer."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

MOST_PARTS: Final = 60
LONGEST_TEXT: Final = 1000


class ObjectionKind(TextChoices):
    """What a customer doubts or denies; the keys are those of the reasons of a loss."""

    NEED = "need", pgettext_lazy("objection", "Need")
    PRICE = "price", pgettext_lazy("objection", "Price")
    PRODUCT = "product", pgettext_lazy("objection", "Product")
    TIMING = "timing", pgettext_lazy("objection", "Time of buying")
    PERSON = "person", pgettext_lazy("objection", "Salesperson")
    SERVICE = "service", pgettext_lazy("objection", "Service")
    FUNDS = "funds", pgettext_lazy("objection", "Ability to pay")


class Nature(TextChoices):
    """Whether the objection is meant, a pretext, or stands for another one."""

    TRUE = "true", pgettext_lazy("objection", "True")
    FALSE = "false", pgettext_lazy("objection", "False")
    HIDDEN = "hidden", pgettext_lazy("objection", "Hidden")


class PriceSide(TextChoices):
    """What an objection to the price means."""

    NOT_WORTH = "not_worth", _("Not worth the price")
    OVER_BUDGET = "over_budget", _("Over the budget")


class PayWay(TextChoices):
    """How the customer could pay."""

    FULL = "full", _("In one payment")
    PARTS = "parts", _("In instalments")
    PREORDER = "preorder", _("Order now, pay on delivery")
    OTHER = "other", pgettext_lazy("payment", "As it suits the customer")


STEPS: Mapping[int, Words] = {
    1: pgettext_lazy("objection", "Listen"),
    2: pgettext_lazy("objection", "Understand"),
    3: pgettext_lazy("objection", "Ask"),
    4: pgettext_lazy("objection", "Show"),
    5: pgettext_lazy("objection", "Agree on payment"),
}
"""The five steps of an answer, in their order."""
LAST_STEP: Final = 5
ADVICE: Mapping[int, Words] = {
    1: _("Let the customer finish, do not interrupt, and note the very words."),
    2: _("Say how you understand it: people listen to who takes them seriously."),
    3: _(
        "Ask on until you know the true reason; correct kind and nature as you learn."
    ),
    4: _("Choose the product that fits, and show what it does and what that is worth."),
    5: _("Ask about price and payment, and agree on what happens next."),
}
FACTS: Mapping[int, Sequence[str]] = {
    1: ("said",),
    2: ("feeling",),
    3: ("kind", "nature", "cause", "price_side"),
    4: ("product", "shown"),
    5: ("pay_way", "parts", "agreed"),
}
"""What is asked in each step."""
ASKED: Mapping[int, str] = {
    1: "said",
    2: "feeling",
    3: "cause",
    4: "shown",
    5: "pay_way",
}
"""Without which a step is not taken."""

NATURE_TONES: Mapping[str, str] = {
    Nature.TRUE: "amber",
    Nature.FALSE: "gray",
    Nature.HIDDEN: "red",
}


def pay_ways(kind: str, price_side: str) -> Sequence[PayWay]:
    """
    Return the ways of paying that may be offered against an objection.

    Other ways than one payment are the last means, for whoever lacks the money now: a
    budget too small, or no ability to pay. Whoever finds it not worth the price is to
    be shown its worth.
    """
    lacks_money = kind == ObjectionKind.FUNDS or (
        kind == ObjectionKind.PRICE and price_side == PriceSide.OVER_BUDGET
    )
    return list(PayWay) if lacks_money else [PayWay.FULL]
