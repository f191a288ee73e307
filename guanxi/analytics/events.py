"""What analytics announces."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy, gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ThresholdsChanged(Event):
    """The next analysis draws its lines elsewhere."""

    sentence: ClassVar[str] = gettext_noop("Changed the thresholds of the analysis")
    icon: ClassVar[str] = "adjustments"
    kind: ClassVar[str] = "analysis"


@dataclass(frozen=True, kw_only=True)
class StrategyWritten(Event):
    """Somebody has said what is to be done with the customers in a cell of a matrix."""

    sentence: ClassVar[str] = gettext_noop("Wrote a strategy: %(text)s")
    icon: ClassVar[str] = "target"
    kind: ClassVar[str] = "analysis"

    matrix: str
    cell: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ScoresRefreshed(Event):
    """A run has written what it learned to the customers' traits."""

    sentence: ClassVar[str] = gettext_noop(
        "Analysis as of %(as_of)s: %(customers)s customers, %(written)s changed"
    )
    icon: ClassVar[str] = "chart-dots"
    kind: ClassVar[str] = "analysis"
    subject: ClassVar[str] = "run_id"

    run_id: int
    as_of: str
    customers: int
    written: int


@dataclass(frozen=True, kw_only=True)
class DuplicatesSearched(Event):
    """All customers were compared with each other; ``added`` pairs are new."""

    sentence: ClassVar[str] = gettext_noop(
        "%(customers)s customers compared: %(pairs)s likely pairs, %(added)s of them new"
    )
    icon: ClassVar[str] = "copy"
    kind: ClassVar[str] = "analysis"

    customers: int
    pairs: int
    added: int


@dataclass(frozen=True, kw_only=True)
class _AboutProposal(Event):
    """What all events about a proposal share."""

    kind: ClassVar[str] = "key_proposal"
    subject: ClassVar[str] = "proposal_id"
    party: ClassVar[str] = "customer_id"
    guards: ClassVar[Mapping[str, str]] = {"becomes": "becomes_key"}

    proposal_id: int
    customer_id: int
    becomes_key: bool

    def words(self) -> dict[str, object]:
        """Return the fields, with the proposal in words."""
        become, cease = gettext_lazy("key customer"), gettext_lazy("no key customer")
        return asdict(self) | {"becomes": become if self.becomes_key else cease}


@dataclass(frozen=True, kw_only=True)
class KeyProposalAccepted(_AboutProposal):
    """Somebody followed the key customer rule."""

    sentence: ClassVar[str] = gettext_noop("Proposal accepted: %(becomes)s")
    icon: ClassVar[str] = "star"


@dataclass(frozen=True, kw_only=True)
class KeyProposalDeclined(_AboutProposal):
    """Somebody knows better than the key customer rule."""

    sentence: ClassVar[str] = gettext_noop("Proposal declined: %(becomes)s")
    icon: ClassVar[str] = "star"


@dataclass(frozen=True, kw_only=True)
class KeyProposalReopened(_AboutProposal):
    """What was said to a proposal was taken back."""

    sentence: ClassVar[str] = gettext_noop("Proposal open again: %(becomes)s")
    icon: ClassVar[str] = "star"


@dataclass(frozen=True, kw_only=True)
class ProductsProposed(Event):
    """It was worked out anew what to offer to whom; ``added`` suggestions are new."""

    sentence: ClassVar[str] = gettext_noop(
        "Next products as of %(as_of)s: %(added)s suggestions new"
    )
    icon: ClassVar[str] = "package"
    kind: ClassVar[str] = "analysis"
    subject: ClassVar[str] = "run_id"

    run_id: int
    as_of: str
    added: int


@dataclass(frozen=True, kw_only=True)
class _AboutOffer(Event):
    """What all events about an offered product share."""

    kind: ClassVar[str] = "next_product"
    subject: ClassVar[str] = "next_product_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "package"
    guards: ClassVar[Mapping[str, str]] = {"product": "product"}

    next_product_id: int
    customer_id: int
    product: str


@dataclass(frozen=True, kw_only=True)
class ProductOffered(_AboutOffer):
    """Somebody offered a product that was proposed for the customer."""

    sentence: ClassVar[str] = gettext_noop("Offered: %(product)s")


@dataclass(frozen=True, kw_only=True)
class OfferAccepted(_AboutOffer):
    """The customer takes the product, or has ordered it."""

    sentence: ClassVar[str] = gettext_noop("Offer accepted: %(product)s")


@dataclass(frozen=True, kw_only=True)
class OfferDeclined(_AboutOffer):
    """The customer does not want the product, or it does not fit."""

    sentence: ClassVar[str] = gettext_noop("Offer declined: %(product)s")


@dataclass(frozen=True, kw_only=True)
class OfferTakenBack(_AboutOffer):
    """What was recorded of an offer was a mistake."""

    sentence: ClassVar[str] = gettext_noop(
        "Record of the offer taken back: %(product)s"
    )
