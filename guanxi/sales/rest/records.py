"""What programs are shown of orders, and what they may send."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
)
from guanxi.sales.commands.line import MOST_LINES
from guanxi.sales.rules.order import Channel, Method, OrderState, PaymentState

LARGEST_AMOUNT = Decimal("999999999999.99")


class OrderRow(Record):
    """An order as a list shows it; amounts are exact texts."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    number: str
    customer_id: Annotated[int, From("customer_id", "customer", is_key=True)]
    customer: Annotated[str, From("customer__name", "customer")]
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    owner_name: Annotated[str | None, From("owner__name", "owner")]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    channel: Channel
    state: OrderState
    payment_state: PaymentState
    currency: Annotated[str, From("currency")]
    total: str
    paid: str
    refunded: str
    ordered_at: datetime
    due_on: date | None
    ship_on: date | None
    shipped_at: datetime | None
    external_id: str


class LineRecord(Record):
    """One position of an order."""

    id: int
    product: int | None
    name: str
    quantity: str
    unit_price: str
    discount: str
    amount: str


class PaymentRecord(Record):
    """Money that came in."""

    id: int
    at: datetime
    amount: str
    method: Method
    note: str


class RefundRecord(Record):
    """Money given back."""

    id: int
    at: datetime
    amount: str
    reason: str


class OrderRecord(OrderRow):
    """One order with everything the caller may read."""

    note: str


class OrderWhole(OrderRecord):
    """One order with its lines, payments and refunds."""

    lines: list[LineRecord]
    payments: list[PaymentRecord]
    refunds: list[RefundRecord]


class OrderPage(Record):
    """One page of orders; ``next`` is the cursor of the following one."""

    items: list[OrderRow]
    next: str | None


class LineInput(Input):
    """A position: a product by id or code, or free words with a price."""

    product: int | None = None
    product_code: str = Field(default="", max_length=60)
    name: str = Field(default="", max_length=200)
    quantity: Decimal = Field(default=Decimal(1), gt=0, max_digits=12, decimal_places=3)
    unit_price: Decimal | None = Field(
        default=None, ge=0, max_digits=14, decimal_places=4
    )
    discount: Decimal = Field(default=Decimal(0), ge=0, max_digits=14, decimal_places=2)


class TermsInput(Input):
    """What is agreed beside the lines."""

    channel: Channel = Channel.OTHER
    due_on: date | None = None
    ship_on: date | None = None
    note: str = Field(default="", max_length=10_000)
    lines: list[LineInput] = Field(min_length=1, max_length=MOST_LINES)


class NewOrder(TermsInput):
    """An order to take; ``is_draft`` prepares it only."""

    customer: int
    number: str = Field(default="", max_length=60)
    external_id: str = Field(default="", max_length=80)
    is_draft: bool = False


class OrderChange(TermsInput):
    """All lines and terms as they shall be, made looking at ``version``."""

    version: int


class ScheduleInput(Input):
    """
    The days to move to, made looking at ``version``; null leaves no day.

    A day that is left out stays.
    """

    due_on: date | None = None
    ship_on: date | None = None
    version: int


class PaymentInput(Input):
    """Money that came in."""

    amount: Decimal = Field(gt=0, le=LARGEST_AMOUNT, decimal_places=2)
    method: Method = Method.OTHER
    note: str = Field(default="", max_length=200)


class RefundInput(Input):
    """Money given back, for a reason."""

    amount: Decimal = Field(gt=0, le=LARGEST_AMOUNT, decimal_places=2)
    reason: str = Field(min_length=1, max_length=200)


class ReleaseInput(Input):
    """Why it may go beyond the credit limit, where the caller may decide that."""

    reason: str = Field(default="", max_length=200)


class InstalmentTerms(Input):
    """An offer: an amount, what is paid at once, and the number of parts of the rest."""

    amount: Decimal = Field(gt=0, max_digits=14, decimal_places=2)
    instalments: int = Field(ge=1, le=60)
    down_payment: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)


class InstalmentRecord(Record):
    """Whether an offer may be made; ``objections`` say what speaks against it."""

    id: int = Field(description="The number of the customer.")
    is_sound: bool
    objections: list[str]
    grade: str
    limit: str | None
    owed: str
    parts: list[str]


class ReasonInput(Input):
    """Why it is given up."""

    reason: str = Field(min_length=1, max_length=200)
