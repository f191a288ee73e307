"""What becomes of the rows of a file of contacts and costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.investments import (
    NewInvestment,
    create_investments,
)
from guanxi.customers.commands.investment import CENT
from guanxi.customers.imports.investment_fields import (
    FIELDS,
    KEYS,
    LONGEST,
    choices,
    fields,
)
from guanxi.customers.queries.investment import known_entries
from guanxi.customers.queries.match import Match, match_customers, match_numbers
from guanxi.customers.rules.investment import LARGEST_AMOUNT, Aim, ContactMode
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.emails import Email
from guanxi.foundation.imports.cells import row_reader
from guanxi.foundation.imports.kinds import (
    SKIP,
    BadRow,
    Decision,
    Fate,
    Loader,
    Terms,
    refusal,
)
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import Money
from guanxi.foundation.phones import Phone
from guanxi.foundation.sheets.values import BadValue, Value

NO_CUSTOMER = BadValue(_("The customer is missing."), code="no_customer")
NO_DATE = BadValue(_("The date is missing."), code="no_date")
TO_COME = BadValue(
    _("This is still to come. Plan a task for it instead."), code="to_come"
)
NO_AMOUNT = BadValue(_("Enter what it cost."), code="no_amount")
BAD_AMOUNT = BadValue(_("This amount cannot be."), code="amount")
OTHER_CURRENCY = BadValue(
    _("Expenses are kept in %(currency)s."),
    code="currency",
    currency=settings.CURRENCY,
)
UNKNOWN_CUSTOMER = BadValue(
    _("You have no such customer in sight."), code="unknown_customer"
)
SEVERAL_CUSTOMERS = BadValue(
    _("Several customers match. Decide which one is meant."), code="several_customers"
)
TRASHED_CUSTOMER = BadValue(
    _("The customer is in the trash. Restore it first."), code="trashed_customer"
)
NOBODY = 0


@dataclass(slots=True)
class Row:
    """A row that is a contact or a cost; ``key`` is what its customer is known by."""

    index: int
    key: str
    entry: NewInvestment


class InvestmentLoader(Loader[Row, list[NewInvestment]]):
    """Takes rows of contacts and costs of customers who are there."""

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        mapped = set(terms.columns.values())
        self.key_field = next((key for key in KEYS if key in mapped), "name")
        self.skips = terms.options["on_match"] == SKIP
        self.source = terms.options["source"].strip()
        self._cells = row_reader(
            terms.columns,
            fields(by),
            terms.values,
            choices=choices(),
            longest=LONGEST,
        )
        self._seen: set[NewInvestment] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the contact or cost in a row.

        :raises BadRow: if it is none.
        """
        values = self._cells(cells)
        key = plain_key(values.get(self.key_field))
        if not key:
            raise BadRow(self.key_field, NO_CUSTOMER)
        happened_at = values.get("happened_at")
        if not isinstance(happened_at, datetime):
            raise BadRow("happened_at", NO_DATE)
        if happened_at > self.terms.at:
            raise BadRow("happened_at", TO_COME)
        amount = _amount(values.get("amount"))
        mode = str(values.get("mode", self.terms.options["mode"]))
        if not mode and not amount:
            raise BadRow("amount", NO_AMOUNT)
        entry = NewInvestment(
            customer_id=NOBODY,
            aim=str(values.get("aim", self.terms.options["aim"])),
            mode=mode,
            happened_at=happened_at,
            place=str(values.get("place", "")),
            amount=amount,
            note=str(values.get("note", "")),
        )
        return Row(index, key, entry)

    def decide(self, records: Sequence[Row]) -> Decision[list[NewInvestment]]:
        """Return what becomes of rows: taken, skipped or refused."""
        decision = Decision[list[NewInvestment]]([])
        found = self._customers({row.key for row in records})
        entries = {}
        for row in records:
            matches = found.get(row.key, ())
            if wrong := wrong_customer(matches):
                decision.refused.append(refusal(row.index, self.key_field, wrong))
            else:
                entries[row.index] = replace(row.entry, customer_id=matches[0].pk)
        there = self._there(list(entries.values()))
        for index, entry in entries.items():
            self._decide_one(decision, index, entry, there)
        return decision

    def write(self, work: list[NewInvestment]) -> None:
        """Write what was decided."""
        if work:
            run_id, at = self.terms.run_id, self.terms.at
            create_investments(self.by, work, run_id=run_id, at=at)

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""
        labels = {one.key: str(one.label) for one in FIELDS}
        shown = ("happened_at", "mode", "aim", "place", "amount", "note")
        return [labels[self.key_field], *(labels[key] for key in shown)]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a row as it will be stored."""
        entry = record.entry
        at = timezone.localtime(entry.happened_at)
        return [
            record.key,
            f"{at:%Y-%m-%d %H:%M}".removesuffix(" 00:00"),
            str(ContactMode(entry.mode).label) if entry.mode else "",
            str(Aim(entry.aim).label),
            entry.place,
            figures.amount(entry.amount, settings.CURRENCY) if entry.amount else "",
            entry.note,
        ]

    def _customers(self, keys: set[str]) -> Mapping[str, Sequence[Match]]:
        key = KEYS[self.key_field]
        if key is None:
            return match_numbers(self.by, keys)
        return match_customers(self.by, key, keys, source=self.source, action="read")

    def _there(self, entries: Sequence[NewInvestment]) -> set[NewInvestment]:
        """Return which of ``entries`` are there already, in this file too."""
        if not self.skips:
            return set()
        known = known_entries(
            self.by,
            {one.customer_id for one in entries},
            {one.happened_at for one in entries},
        )
        return self._seen | {
            one
            for one in map(_bare, entries)
            if (one.customer_id, one.happened_at, one.mode, one.aim, one.amount)
            in known
        }

    def _decide_one(
        self,
        decision: Decision[list[NewInvestment]],
        index: int,
        entry: NewInvestment,
        there: set[NewInvestment],
    ) -> None:
        bare = _bare(entry)
        if bare in there:
            decision.skipped += 1
            self.tell(decision, Fate.SKIPPED, index)
            return
        decision.created += 1
        self.tell(decision, Fate.CREATED, index)
        decision.work.append(entry)
        if self.skips:
            there.add(bare)
            if self.is_trial:
                self._seen.add(bare)


def _bare(entry: NewInvestment) -> NewInvestment:
    """Return what makes a contact or cost the same as another."""
    return replace(entry, place="", note="")


def wrong_customer(found: Sequence[Match]) -> Invalid | None:
    """Return why an entry cannot be of the customers found, if it cannot."""
    seen = [match for match in found if match.is_open]
    if not seen:
        return UNKNOWN_CUSTOMER
    if len(seen) > 1:
        return SEVERAL_CUSTOMERS
    return TRASHED_CUSTOMER if seen[0].is_trashed else None


def plain_key(value: Value) -> str:
    """Return what a customer is known by as it is looked for."""
    if isinstance(value, Phone):
        return value.e164
    if isinstance(value, Email):
        return value.key
    return "" if value is None else str(value)


def _amount(value: Value) -> Decimal:
    """
    Return an expense in the house currency, 0 for none.

    :raises BadRow: for another currency, or what the column cannot hold.
    """
    if value is None:
        return Decimal(0)
    money = cast("Money", value)
    if money.currency != settings.CURRENCY:
        raise BadRow("amount", OTHER_CURRENCY)
    amount = money.amount.quantize(CENT, ROUND_HALF_EVEN)
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise BadRow("amount", BAD_AMOUNT)
    return amount
