"""One order after another: what is in it, and how far it has come by today."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from guanxi.config.demo_data.buyers import Buyer, amount_factor
from guanxi.config.demo_data.catalog import BULKY, SERVICES, Good
from guanxi.sales.rules.order import (
    Channel,
    Method,
    OrderState,
    PaymentState,
    line_amount,
    order_total,
    payment_state,
)

# How often something goes another way than planned.
NEVER_PAID = 0.012
PAID_LATE = 0.035
PART_PAID = 0.012
CANCELLED = 0.018
RETURNED = 0.012
SHIPPED_LATE = 0.03
_CANCEL_REASONS = ("客户改变主意", "重复下单", "缺货，客户不愿等待", "改选其他款式")
_RETURN_REASONS = (
    "运输磕碰，协商退款",
    "色差，退货退款",
    "尺寸不合，退货",
    "七天无理由退货",
)


@dataclass(frozen=True)
class Line:
    """One position of an order."""

    good: Good
    quantity: Decimal
    discount: Decimal

    @cached_property
    def amount(self) -> Decimal:
        """What the line comes to."""
        return line_amount(self.quantity, self.good.price, self.discount)


@dataclass
class Deal:
    """An order with all that happened to it until today."""

    ordered_at: datetime
    ordered_on: date
    channel: Channel
    due_on: date
    ship_on: date
    lines: list[Line]
    state: OrderState = OrderState.PLACED
    payments: list[tuple[datetime, Decimal, Method]] = field(default_factory=list)
    refund: tuple[datetime, Decimal, str] | None = None
    released_at: datetime | None = None
    shipped_at: datetime | None = None
    done_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str = ""

    @cached_property
    def total(self) -> Decimal:
        """What the order comes to."""
        return order_total(line.amount for line in self.lines)

    @property
    def paid(self) -> Decimal:
        """What has come in."""
        return order_total(amount for _at, amount, _method in self.payments)

    @property
    def refunded(self) -> Decimal:
        """What has gone back."""
        return self.refund[1] if self.refund else Decimal(0)

    @property
    def payment_state(self) -> PaymentState:
        """How much of it is paid."""
        return payment_state(self.total, self.paid, self.refunded)

    @property
    def paid_at(self) -> datetime | None:
        """When the last open cent came in."""
        is_paid = self.paid >= self.total and self.payments
        return self.payments[-1][0] if is_paid else None


class Trade:
    """Draws the orders of a company whose year ends at ``now``."""

    def __init__(
        self, random: Random, goods: list[Good], now: datetime, zone: ZoneInfo
    ) -> None:
        self._random = random
        self._now = now
        self._zone = zone
        self._today = now.astimezone(zone).date()
        self._bulky = [good for good in goods if good.category in BULKY]
        self._services = [good for good in goods if good.category == SERVICES]
        self._small = [
            good for good in goods if good.category not in BULKY | {SERVICES}
        ]

    def deal(self, buyer: Buyer, day: date) -> Deal | None:
        """Return the order that ``buyer`` places on ``day``; None if that is yet to come."""
        ordered_at = self._moment(day, 9, 21)
        if ordered_at >= self._now:
            return None
        is_company = buyer.kind.is_company
        credit = self._random.choice((15, 30)) if is_company else 3
        deal = Deal(
            ordered_at=ordered_at,
            ordered_on=day,
            channel=self._channel(buyer),
            due_on=day + timedelta(days=credit),
            ship_on=day + timedelta(days=self._random.randint(2, 8)),
            lines=self._lines(buyer, amount_factor(buyer, day, self._today)),
        )
        if self._random.random() < CANCELLED:
            self._cancel(deal)
        else:
            self._pay(deal, is_company=is_company)
            self._ship(deal, is_company=is_company)
            self._return(deal)
        return deal

    def _lines(self, buyer: Buyer, factor: float) -> list[Line]:
        """Return the lines of one order; pieces and their worth follow ``factor``."""
        lines = []
        for good in self._basket(buyer):
            most = max(1, round(buyer.kind.pieces * factor))
            quantity = Decimal(self._random.randint(max(1, round(most * 0.8)), most))
            share = Decimal("0.08") if buyer.kind.is_dealer else Decimal(0)
            if self._random.random() < 0.15:
                share += Decimal("0.05")
            discount = (quantity * good.price * share).quantize(Decimal(1))
            lines.append(Line(good, quantity, discount))
        if not buyer.kind.is_dealer and self._random.random() < 0.3:
            service = self._random.choice(self._services)
            lines.append(Line(service, Decimal(1), Decimal(0)))
        return lines

    def _basket(self, buyer: Buyer) -> list[Good]:
        """Return what a buyer takes: the usual goods, now and then another."""
        taste = Random(buyer.taste)  # noqa: S311 -- a play, not a secret
        large, small = buyer.kind.basket
        basket = taste.sample(self._bulky, large) + taste.sample(self._small, small)
        if self._random.random() < 0.3:
            basket[-1] = self._random.choice(self._small)
        return basket

    def _channel(self, buyer: Buyer) -> Channel:
        if buyer.kind.is_dealer:
            return Channel.PARTNER
        if buyer.kind.is_company:
            return self._random.choice((Channel.SALES, Channel.SALES, Channel.PHONE))
        return self._random.choices(
            (Channel.STORE, Channel.ONLINE, Channel.PHONE), (45, 45, 10)
        )[0]

    def _pay(self, deal: Deal, *, is_company: bool) -> None:
        """Let the money come in when it does; companies pay toward the due day."""
        chance = self._random.random()
        age = (self._today - deal.due_on).days
        if chance < NEVER_PAID and age < 75:
            return
        days = self._random.randint(3, (deal.due_on - deal.ordered_on).days)
        if chance < PAID_LATE and is_company:
            days = (deal.due_on - deal.ordered_on).days + self._random.randint(5, 25)
        method = (
            Method.TRANSFER
            if is_company
            else self._random.choice(
                (Method.WECHAT, Method.WECHAT, Method.ALIPAY, Method.CARD)
            )
        )
        paid_at = (
            self._moment(deal.ordered_on + timedelta(days=days), 9, 18)
            if is_company
            else deal.ordered_at + timedelta(minutes=self._random.randint(2, 300))
        )
        if paid_at >= self._now:
            return
        is_part = chance > 1 - PART_PAID
        share = (deal.total / 2).quantize(Decimal(1)) if is_part else deal.total
        deal.payments.append((paid_at, share, method))
        if is_part and age > 45:
            rest_at = min(paid_at + timedelta(days=20), self._now)
            deal.payments.append((rest_at, deal.total - share, method))

    def _ship(self, deal: Deal, *, is_company: bool) -> None:
        """Release, ship and complete the order as far as time has come."""
        if not deal.payments and not is_company:
            return
        late = self._random.random() < SHIPPED_LATE
        is_recent = (self._today - deal.ship_on).days < 9
        if late and is_recent:
            return
        released_at = self._moment(deal.ship_on - timedelta(days=1), 9, 12)
        released_at = max(released_at, deal.ordered_at + timedelta(minutes=30))
        shipped_at = self._moment(deal.ship_on, 13, 18)
        done_at = shipped_at + timedelta(days=self._random.randint(2, 6))
        if released_at < self._now:
            deal.released_at, deal.state = released_at, OrderState.RELEASED
        if shipped_at < self._now:
            deal.shipped_at, deal.state = shipped_at, OrderState.SHIPPED
        is_settled = deal.payment_state is PaymentState.PAID
        if deal.paid_at:
            done_at = max(done_at, deal.paid_at + timedelta(hours=1))
        if deal.shipped_at and is_settled and done_at < self._now:
            deal.done_at, deal.state = done_at, OrderState.DONE

    def _return(self, deal: Deal) -> None:
        if deal.done_at is None or self._random.random() > RETURNED:
            return
        at = deal.done_at + timedelta(days=self._random.randint(1, 6))
        if at < self._now:
            share = self._random.choice((Decimal("0.1"), Decimal("0.3"), Decimal(1)))
            amount = (deal.total * share).quantize(Decimal(1))
            amount = max(min(amount, deal.paid), Decimal(1))
            deal.refund = (at, amount, self._random.choice(_RETURN_REASONS))

    def _cancel(self, deal: Deal) -> None:
        at = deal.ordered_at + timedelta(hours=self._random.randint(2, 60))
        if at < self._now:
            deal.state, deal.cancelled_at = OrderState.CANCELLED, at
            deal.cancel_reason = self._random.choice(_CANCEL_REASONS)

    def _moment(self, day: date, first_hour: int, last_hour: int) -> datetime:
        """Return a moment of ``day`` in the opening hours, in the house's zone."""
        minute = self._random.randint(first_hour * 60, last_hour * 60)
        clock = time(minute // 60, minute % 60, self._random.randint(0, 59))
        return datetime.combine(day, clock, tzinfo=self._zone)
