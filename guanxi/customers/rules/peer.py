"""
Peers: salespeople of other firms who tell us of demand.

Best are those whose goods complement ours, and of those the ones upstream in the chain of
value: when they have won a deal or lost one, they know who needs something.
"""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

LONGEST_NAME, LONGEST_NOTE, LONGEST_PHONE = 120, 2_000, 40
# What stands as the source of a customer that a peer has told us of.
TIP_SOURCE = "peer"


class DealOutcome(TextChoices):
    """What became of the deal by which a peer learned of the demand."""

    WON = "won", pgettext_lazy("deal", "Won")
    LOST = "lost", pgettext_lazy("deal", "Lost")


DEAL_TONES: Mapping[str, str] = {DealOutcome.WON: "green", DealOutcome.LOST: "amber"}
