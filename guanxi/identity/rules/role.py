"""What a shipped role is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.words import Words


class HomeBlock(TextChoices):
    """A part of the home page."""

    WORKLIST = "worklist", pgettext_lazy("home", "Worklist")
    TASKS = "tasks", pgettext_lazy("home", "Tasks due")
    ANALYSIS = "analysis", pgettext_lazy("home", "Figures of the analysis")
    TEAM = "team", pgettext_lazy("home", "What waits in the team")
    MONEY = "money", pgettext_lazy("home", "Money to come")
    DELIVERY = "delivery", pgettext_lazy("home", "Deliveries")
    RECORDS = "records", pgettext_lazy("home", "Records to complete")
    HOUSE = "house", pgettext_lazy("home", "Users")


# What everybody sees whose roles say nothing of it.
USUAL_HOME = (HomeBlock.WORKLIST, HomeBlock.TASKS, HomeBlock.ANALYSIS)


@dataclass(frozen=True)
class ShippedRole:
    """
    A role as the product brings it.

    ``hides_personal`` masks every field that a policy calls personal or sensitive;
    ``home`` are the parts of the home page, the most important first.
    """

    name: Words
    description: Words
    is_everything: bool = False
    hides_personal: bool = False
    depths: Mapping[str, Depth] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    home: tuple[HomeBlock, ...] = USUAL_HOME


def may_of(depth: Depth, *kinds: str) -> dict[str, Depth]:
    """Return ``depth`` for the actions of each kind: ``"customer: read create"``."""
    return {
        f"{kind}.{action}": depth
        for kind, actions in (line.split(":") for line in kinds)
        for action in actions.split()
    }


MASKED = dict.fromkeys(
    ("customer.phone", "customer.email", "customer.id_number", "customer.bank_card"),
    Level.MASKED,
)
NO_CREDIT = dict.fromkeys(
    ("customer.credit_grade", "customer.credit_limit"), Level.HIDDEN
)
# What everybody with a desk needs: teams, code lists, and tokens and views of one's own.
DESK = {
    **may_of(Depth.ALL, "team: read", "code: read"),
    **may_of(Depth.OWN, "token: read create revoke", "view: share"),
}
