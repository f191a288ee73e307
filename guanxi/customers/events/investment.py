"""Facts about what is put into a customer: contacts and costs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.rules.investment import Aim, ContactMode
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class InvestmentEvent(Event):
    """
    Something about one contact or cost; what was said stands in the record.

    ``mode`` is empty for a cost without a contact. ``amount`` is money as people read it.
    """

    kind: ClassVar[str] = "investment"
    subject: ClassVar[str] = "investment_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "cash"
    guards: ClassVar[Mapping[str, str]] = {
        "aim": "aim",
        "mode": "mode",
        "amount": "amount",
    }

    investment_id: int
    customer_id: int
    aim: str
    mode: str

    def words(self) -> dict[str, object]:
        """Return the labels of aim and mode."""
        mode = ContactMode(self.mode).label if self.mode else ""
        return asdict(self) | {"aim": Aim(self.aim).label, "mode": mode}


@dataclass(frozen=True, kw_only=True)
class ContactLogged(InvestmentEvent):
    """Somebody of us was in contact with a customer."""

    sentence: ClassVar[str] = gettext_noop("Contact: %(mode)s (%(aim)s)")
    icon: ClassVar[str] = "messages"


@dataclass(frozen=True, kw_only=True)
class CostRecorded(InvestmentEvent):
    """Something was spent on a customer."""

    sentence: ClassVar[str] = gettext_noop("Cost: %(aim)s, %(amount)s")

    amount: str


@dataclass(frozen=True, kw_only=True)
class InvestmentChanged(InvestmentEvent):
    """A contact or cost was written down differently."""

    sentence: ClassVar[str] = gettext_noop("Contact or cost changed, now %(amount)s")
    icon: ClassVar[str] = "edit"

    amount: str


@dataclass(frozen=True, kw_only=True)
class InvestmentTrashed(InvestmentEvent):
    """A contact or cost was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Contact or cost moved to the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class InvestmentRestored(InvestmentEvent):
    """A contact or cost was taken out of the trash."""

    sentence: ClassVar[str] = gettext_noop("Contact or cost restored")
    icon: ClassVar[str] = "arrow-back-up"
