"""What becomes of the rows of a file of orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.create import TEXT_INDEXES, create_parties
from guanxi.customers.commands.imports.party import Party
from guanxi.customers.queries.match import Match, match_customers
from guanxi.customers.rules import State
from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.cells import row_reader
from guanxi.foundation.imports.kinds import (
    ASK,
    SKIP,
    BadRow,
    Decision,
    Fate,
    Loader,
    Terms,
    refusal,
)
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sheets.values import BadValue
from guanxi.sales.commands.imports.new_order import Customer, NewOrder
from guanxi.sales.commands.imports.order_update import extend_orders, update_orders
from guanxi.sales.commands.imports.orders import create_orders
from guanxi.sales.imports.order_fields import KEYS, LONGEST, choices, fields
from guanxi.sales.imports.order_numbers import Numbers
from guanxi.sales.imports.order_rows import (
    OTHER_CURRENCY,
    Row,
    day_of,
    line_of,
    newcomer_of,
    row_of,
    shown,
)
from guanxi.sales.queries.match import (
    KnownOrder,
    KnownProduct,
    orders_numbered,
    products_coded,
    products_named,
)
from guanxi.sales.rules.order import Channel, OrderState

Matches = Mapping[str, Sequence[Match]]
Products = Mapping[str, KnownProduct]
NOBODY: Customer = (0, None, None)

UNKNOWN_CUSTOMER = BadValue(_("There is no such customer."), code="unknown_customer")
SEVERAL_CUSTOMERS = BadValue(
    _("Several customers match. Decide which one is meant."), code="several_customers"
)
NOT_YOUR_CUSTOMER = BadValue(
    _("You may not see this customer."), code="not_your_customer"
)
TRASHED_CUSTOMER = BadValue(
    _("The customer is in the trash. Restore it first."), code="trashed_customer"
)
THERE_ALREADY = BadValue(
    _("There is already an order with this number."), code="there_already"
)
TRASHED = BadValue(
    _("The order with this number is in the trash. Restore it first."), code="trashed"
)
NOT_YOURS = BadValue(
    _("There is already an order with this number that you may not change."),
    code="not_yours",
)
LOCKED = BadValue(
    _("The order with this number is shipped or cancelled and stays as it is."),
    code="locked",
)
TOO_LITTLE = BadValue(
    _("More is already paid for this order than it would be worth."), code="too_little"
)


@dataclass
class Work:
    """
    What is to be written.

    ``new`` are orders with the key of their customer if it is new too, in
    ``newcomers``. ``changed`` are orders that were there before the file; ``more`` are
    lines of orders that an earlier part of the file brought or changed. Both by id.
    """

    new: list[tuple[NewOrder, str]] = field(default_factory=list)
    newcomers: dict[str, Party] = field(default_factory=dict)
    changed: list[tuple[int, NewOrder]] = field(default_factory=list)
    more: list[tuple[int, NewOrder]] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What the database knows of what some rows name."""

    orders: Mapping[str, KnownOrder]
    customers: Matches
    products: Products


class OrderLoader(Loader[Row, Work]):
    """Takes rows of orders and of their lines."""

    is_counting = True
    # Orders bring new customers, and make others actual ones.
    text_indexes = TEXT_INDEXES

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        mapped = set(terms.columns.values())
        self.key_field = next((k for k in KEYS if k in mapped), "customer")
        self.key = KEYS[self.key_field]
        options = terms.options
        wants_newcomers = options["newcomers"] == "create"
        self.may_create = wants_newcomers and allowed(by, "customer.create")
        self.is_paid = options["paid"] == "yes"
        self.state = options["state"]
        self.on_match = options["on_match"]
        self.source = options["source"].strip()
        self.goods = gettext("Goods")
        self._cells = row_reader(
            terms.columns,
            fields(by),
            terms.values,
            choices=choices(),
            longest=LONGEST,
        )
        self._has_products = bool(mapped & {"product_code", "product_name"})
        self._numbers = Numbers(self.source)
        self._seen: set[str] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the order or line in a row.

        A row without order number gets one from what it says (`Numbers`): so a second
        import of the same rows finds their orders again.

        :raises BadRow: if there is none.
        """
        row = row_of(index, cells, self._cells, self.key_field)
        row.number = row.number or self._numbers.number_of(row)
        return row

    def decide(self, records: Sequence[Row]) -> Decision[Work]:
        """Return what becomes of rows: orders, lines of such, skipped or refused."""
        decision = Decision(Work())
        groups: dict[str, list[Row]] = {}
        for row in records:
            groups.setdefault(row.number, []).append(row)
        keys = (row.key for row in records)
        known = Known(
            orders_numbered(self.by, groups, self.terms.run_id),
            match_customers(self.by, self.key, keys, source=self.source, action="read"),
            self._products(records),
        )
        for number, rows in groups.items():
            if number in known.orders:
                self._decide_known(decision, rows, known)
            else:
                self._decide_new(decision, rows, known)
        return decision

    def write(self, work: Work) -> None:
        """Write new customers, then orders, changes and lines of earlier orders."""
        made = self._create_newcomers(work.newcomers)
        buyers: set[int] = set()
        for order, newcomer in work.new:
            if newcomer:
                order.customer = made[newcomer]
            else:
                buyers.add(order.customer[0])
        run_id, at = self.terms.run_id, self.terms.at
        if work.new:
            orders = [order for order, _newcomer in work.new]
            create_orders(self.by, orders, run_id=run_id, at=at, known_buyers=buyers)
        if work.changed:
            update_orders(self.by, work.changed, run_id=run_id, at=at)
        if work.more:
            extend_orders(self.by, work.more, run_id=run_id)

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""
        return [
            gettext("Order number"),
            gettext("Customer"),
            gettext("Ordered on"),
            gettext("Product"),
            gettext("Quantity"),
            gettext("Amount"),
        ]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a row as it will be stored."""
        return shown(record)

    def _products(self, records: Sequence[Row]) -> Products:
        """Return the products the rows name, by code or name."""
        if not self._has_products:
            return {}
        names = {str(row.values.get("product_name", "")) for row in records} - {""}
        codes = {str(row.values.get("product_code", "")) for row in records} - {""}
        coded = {c: p for c, p in products_coded(codes).items() if not p.is_trashed}
        return {**products_named(self.by, names), **coded}

    def _create_newcomers(self, newcomers: Mapping[str, Party]) -> dict[str, Customer]:
        """Create the customers who are not there yet; return them by their keys."""
        if not newcomers:
            return {}
        pks = create_parties(
            self.by,
            list(newcomers.values()),
            run_id=self.terms.run_id,
            source=self.source,
            at=self.terms.at,
            state=State.ACTUAL,
        )
        mine = (self.by.actor_id, self.by.team_id)
        return {key: (pk, *mine) for key, pk in zip(newcomers, pks, strict=True)}

    def _decide_known(
        self, decision: Decision[Work], rows: Sequence[Row], known: Known
    ) -> None:
        """Decide about rows whose order is there, or comes from earlier rows."""
        there = known.orders[rows[0].number]
        if there.is_of_run:
            more = self._order(rows, NOBODY, known.products, decision)
            if more.lines:
                decision.work.more.append((there.pk, more))
        elif there.is_trashed:
            _refuse(decision, rows, "number", TRASHED)
        elif self.on_match == SKIP:
            decision.skipped += len(rows)
            self.tell(decision, Fate.SKIPPED, *(row.index for row in rows))
        elif self.on_match == ASK:
            _refuse(decision, rows, "number", THERE_ALREADY)
        else:
            self._decide_change(decision, rows, there, known.products)

    def _decide_change(
        self,
        decision: Decision[Work],
        rows: Sequence[Row],
        there: KnownOrder,
        products: Products,
    ) -> None:
        """Decide about rows that say otherwise what an order consists of."""
        if not there.is_open:
            _refuse(decision, rows, "number", NOT_YOURS)
            return
        if there.is_locked:
            _refuse(decision, rows, "number", LOCKED)
            return
        order = self._order(rows, NOBODY, products, decision)
        if not order.lines:
            return
        if order.currency != there.currency:
            _refuse(decision, rows, "amount", OTHER_CURRENCY)
        elif order.total < there.kept_money:
            _refuse(decision, rows, "amount", TOO_LITTLE)
        else:
            decision.updated += self._is_first(order.number)
            self.tell(decision, Fate.UPDATED, *(row.index for row in rows))
            decision.work.changed.append((there.pk, order))

    def _decide_new(
        self, decision: Decision[Work], rows: Sequence[Row], known: Known
    ) -> None:
        """Decide about rows whose order is not there."""
        first = rows[0]
        found = known.customers.get(first.key, ())
        wrong = self._wrong_customer(found)
        if wrong:
            _refuse(decision, rows, self.key_field, wrong)
            return
        match = found[0] if found else None
        customer = (match.pk, match.owner_id, match.team_id) if match else NOBODY
        order = self._order(rows, customer, known.products, decision)
        if not order.lines:
            return
        if match is None and first.key not in decision.work.newcomers:
            decision.work.newcomers[first.key] = newcomer_of(first, self.key)
        decision.created += self._is_first(order.number)
        self.tell(decision, Fate.CREATED, *(row.index for row in rows))
        decision.work.new.append((order, "" if match else first.key))

    def _is_first(self, number: str) -> bool:
        """Tell whether an order comes the first time; a trial has to remember it."""
        if not self.is_trial:
            return True
        is_first = number not in self._seen
        self._seen.add(number)
        return is_first

    def _wrong_customer(self, found: Sequence[Match]) -> Invalid | None:
        """Return why an order cannot be for the customers found, if it cannot."""
        if not found:
            return None if self.may_create else UNKNOWN_CUSTOMER
        if len(found) > 1:
            return SEVERAL_CUSTOMERS
        if found[0].is_trashed:
            return TRASHED_CUSTOMER
        return None if found[0].is_open else NOT_YOUR_CUSTOMER

    def _order(
        self,
        rows: Sequence[Row],
        customer: Customer,
        products: Products,
        decision: Decision[Work],
    ) -> NewOrder:
        """Return the order of ``rows``, without those that cannot be its lines."""
        order = self._head(rows[0], customer)
        for row in rows:
            try:
                line, currency = line_of(row.values, products, self.goods)
                if order.currency not in ("", currency):
                    raise BadRow("amount", OTHER_CURRENCY)
            except BadRow as bad:
                _refuse(decision, [row], bad.field_key, bad.error)
                continue
            order.currency = currency
            order.lines.append(line)
        return order

    def _head(self, row: Row, customer: Customer) -> NewOrder:
        """Return the order that a row begins, without lines."""
        values = row.values
        state = OrderState(cast("str", values.get("state", self.state)))
        is_live = state not in (OrderState.CANCELLED, OrderState.DRAFT)
        order = NewOrder(
            row.number,
            customer,
            row.at,
            day_of(row.at),
            state=state,
            is_paid=is_live and bool(values.get("paid", self.is_paid)),
        )
        for name in ("due_on", "ship_on", "note"):
            if name in values:
                setattr(order, name, values[name])
        order.channel = cast("str", values.get("channel", Channel.OTHER.value))
        return order


def _refuse(
    decision: Decision[Work], rows: Sequence[Row], field_key: str, error: Invalid
) -> None:
    decision.refused += [refusal(row.index, field_key, error) for row in rows]
