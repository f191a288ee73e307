"""
What for data of customers are kept, and on which legal ground.

Who processes, the company, answers for the grounds: what stands here is what the product
proposes, in the words of PIPL 13 and GDPR 6.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.policies import Privacy
from guanxi.foundation.purposes import Purpose
from guanxi.foundation.words import Words

# What the class of a field is called where all of them tell about people.
CLASSES: Mapping[Privacy, Words] = {
    Privacy.NONE: _("Personal, never covered"),
    Privacy.PERSONAL: _("Personal"),
    Privacy.SENSITIVE: _("Sensitive"),
}
CUSTOMERS = _("Customers, and those who speak for them")
AS_CUSTOMER = _("As long as the customer; gone with an erasure")
DEALING = _("Consent, or interest in doing business (PIPL 13, GDPR 6 (1) (a), (f))")
CONTRACT = _("Contract (PIPL 13, GDPR 6 (1) (b))")
SEPARATE = _("Separate consent (PIPL 29, GDPR 6 (1) (a))")

WINNING = Purpose("winning", _("Winning customers"), DEALING, CUSTOMERS, AS_CUSTOMER)
SERVING = Purpose(
    key="serving",
    label=_("Serving buyers, and claims from what was bought"),
    ground=CONTRACT,
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)
TALKING = Purpose(
    key="talking",
    label=_("Knowing what was talked about"),
    ground=_("Contract, or interest in doing business (PIPL 13, GDPR 6 (1) (b), (f))"),
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)
CREDITING = Purpose(
    "crediting", _("Deciding on credit"), CONTRACT, CUSTOMERS, AS_CUSTOMER
)
IDENTIFYING = Purpose(
    key="identifying",
    label=_("Knowing whom one deals with, and paying"),
    ground=_("Contract, with separate consent (PIPL 13 and 29, GDPR 6 (1) (b))"),
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)
GREETING = Purpose(
    key="greeting",
    label=_("Greeting on birthdays"),
    ground=_("Consent (PIPL 13, GDPR 6 (1) (a))"),
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)
PROVING_CONSENT = Purpose(
    key="consent",
    label=_("Proving consent, and keeping to it"),
    ground=_("Duty of the law (PIPL 14 and 69, GDPR 6 (1) (c) and 7 (1))"),
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)
IMPORTING = Purpose(
    key="importing",
    label=_("Mending and taking back an import"),
    ground=_("As for what the file brought"),
    people=_("Those of whom the file tells"),
    kept=_("As long as the import can be looked at"),
)
PEERING = Purpose(
    key="peering",
    label=_("Working with peers"),
    ground=DEALING,
    people=_("People at companies that recommend us"),
    kept=_("Until the peer is removed"),
)
KNOWING = Purpose(
    key="knowing",
    label=_("Knowing circumstances and wishes, to advise well"),
    ground=DEALING,
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)
KNOWING_CLOSELY = Purpose(
    key="knowing_closely",
    label=_("Knowing private circumstances, to advise well"),
    ground=SEPARATE,
    people=CUSTOMERS,
    kept=AS_CUSTOMER,
)


def own_purpose(label: Words, *, is_sensitive: bool) -> Purpose:
    """Return a purpose that the house wrote at one of its own fields."""
    ground = SEPARATE if is_sensitive else DEALING
    mark = "closely" if is_sensitive else "own"
    return Purpose(f"{mark}:{label}", label, ground, CUSTOMERS, AS_CUSTOMER)
