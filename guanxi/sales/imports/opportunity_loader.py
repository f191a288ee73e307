"""What becomes of the rows of a file of opportunities."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, cast

from django.conf import settings
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from guanxi.customers.commands.imports.create import TEXT_INDEXES, create_parties
from guanxi.customers.commands.imports.party import Party
from guanxi.customers.queries.match import Match, match_customers
from guanxi.customers.rules import State
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.emails import Email
from guanxi.foundation.imports.cells import row_reader
from guanxi.foundation.imports.kinds import (
    ASK,
    SKIP,
    BadRow,
    Decision,
    Doubt,
    Fate,
    Loader,
    Terms,
    refusal,
)
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import Money
from guanxi.foundation.phones import Phone
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sheets.values import BadValue, Value
from guanxi.sales.commands.imports.opportunities import (
    NewOpportunity,
    create_opportunities,
    update_opportunities,
)
from guanxi.sales.imports.opportunity_fields import (
    CREATE,
    FIELDS,
    KEYS,
    LONGEST,
    REFUSE,
    choices,
    fields,
)
from guanxi.sales.imports.opportunity_words import Meanings, Unclear
from guanxi.sales.imports.order_loader import (
    NOT_YOUR_CUSTOMER,
    SEVERAL_CUSTOMERS,
    TRASHED_CUSTOMER,
    UNKNOWN_CUSTOMER,
    Matches,
)
from guanxi.sales.imports.order_rows import Row, day_of, newcomer_of
from guanxi.sales.queries.match import KnownOpportunity, opportunities_numbered
from guanxi.sales.rules.opportunity import (
    CENT,
    LARGEST_AMOUNT,
    SURE,
    OpportunityState,
)

NO_TITLE = BadValue(_("There is nothing to call it by."), code="no_title")
BAD_AMOUNT = BadValue(
    _("An amount lies between zero and a million million."), code="amount"
)
BAD_CHANCE = BadValue(_("A chance lies between 0 and 100 percent."), code="chance")
OTHER_CURRENCY = BadValue(
    _("Opportunities are kept in %(currency)s."),
    code="currency",
    currency=settings.CURRENCY,
)
NO_END = BadValue(_("The day on which it was closed is missing."), code="no_end")
NOT_YET = BadValue(_("This day has not come yet."), code="not_yet")
TOO_EARLY = BadValue(_("It cannot have ended before it began."), code="too_early")
THERE_ALREADY = BadValue(
    _("There is already an opportunity with this number."), code="there_already"
)
TRASHED = BadValue(
    _("The opportunity with this number is in the trash. Restore it first."),
    code="trashed",
)
NOT_YOURS = BadValue(
    _("There is already an opportunity with this number that you may not change."),
    code="not_yours",
)
_TAKEN = (
    *("channel", "lost_reason", "next_step", "next_step_on", "note", "external_id"),
    *("engaged_on", "expected_on"),
)
_HEADS = (
    *("external_id", "name", "customer_name", "product", "owner", "stage", "amount"),
    *("engaged_on", "closed_on"),
)


@dataclass
class Work:
    """
    What is to be written.

    ``new`` are opportunities with the key of their customer if that is new too, in
    ``newcomers``; ``changed`` those that were there, by their ids.
    """

    new: list[tuple[NewOpportunity, str]] = field(default_factory=list)
    newcomers: dict[str, Party] = field(default_factory=dict)
    changed: list[tuple[int, NewOpportunity]] = field(default_factory=list)


class OpportunityLoader(Loader[Row, Work]):
    """Takes rows of opportunities."""

    text_indexes = TEXT_INDEXES

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        mapped = set(terms.columns.values())
        self.key_field = next((k for k in KEYS if k in mapped), "customer_name")
        self.key = KEYS[self.key_field]
        self.newcomers = terms.options["newcomers"]
        if self.newcomers == CREATE and not allowed(by, "customer.create"):
            self.newcomers = REFUSE
        self.on_match = terms.options["on_match"]
        self.source = terms.options["source"].strip()
        self.today = day_of(terms.at)
        self.meanings = Meanings(by, terms)
        self._cells = row_reader(
            terms.columns,
            fields(by),
            terms.values,
            choices=choices(),
            longest=LONGEST,
        )
        self._seen: set[str] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the opportunity in a row.

        :raises BadRow: if there is none.
        """
        values = self._cells(cells)
        if not values:
            raise BadRow("name", NO_TITLE)
        _check(values)
        key = values.get(self.key_field)
        if isinstance(key, Phone):
            key = key.e164
        elif isinstance(key, Email):
            key = key.key
        told = cast("str", key or "")
        return Row(index, cast("str", values.get("external_id", "")), told, values)

    def decide(self, records: Sequence[Row]) -> Decision[Work]:
        """Return what becomes of rows: new, a change, skipped or refused."""
        decision = Decision(Work())
        self.meanings.learn_products(
            str(row.values.get("product", "")) for row in records
        )
        numbers = {row.number for row in records}
        known = opportunities_numbered(self.by, numbers, self.terms.run_id)
        keys = {row.key for row in records} - {""}
        found = match_customers(
            self.by, self.key, keys, source=self.source, action="read"
        )
        for row in records:
            try:
                self._decide_one(decision, row, known.get(row.number), found)
            except BadRow as bad:
                decision.refused.append(refusal(row.index, bad.field_key, bad.error))
        return decision

    def write(self, work: Work) -> None:
        """Write new customers, then opportunities and changes."""
        run_id, at = self.terms.run_id, self.terms.at
        if work.newcomers:
            pks = create_parties(
                self.by,
                list(work.newcomers.values()),
                run_id=run_id,
                source=self.source,
                at=at,
                state=State.POTENTIAL,
            )
            made = dict(zip(work.newcomers, pks, strict=True))
            for one, newcomer in work.new:
                one.customer_id = made.get(newcomer, one.customer_id)
        if work.new:
            new = [one for one, _newcomer in work.new]
            create_opportunities(self.by, new, run_id=run_id, at=at)
        if work.changed:
            update_opportunities(self.by, work.changed, run_id=run_id, at=at)

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""
        labels = {one.key: str(one.label) for one in FIELDS}
        return [labels[key] for key in _HEADS]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a row as it will be stored."""
        values = record.values
        amount = values.get("amount")
        return [
            figures.amount(amount.amount, amount.currency)
            if key == "amount" and isinstance(amount, Money)
            else str(values.get(key) or (record.key if key == "customer_name" else ""))
            for key in _HEADS
        ]

    def doubts(self) -> Sequence[Doubt]:
        """Return the words for products, colleagues and stages that nothing is called."""
        return self.meanings.doubts()

    def _decide_one(
        self,
        decision: Decision[Work],
        row: Row,
        there: KnownOpportunity | None,
        found: Matches,
    ) -> None:
        """
        Decide about one row.

        :raises BadRow: if it is refused.
        """
        made = self._opportunity(row)
        is_there = there is not None and not there.is_of_run
        if there and there.is_trashed:
            raise BadRow("external_id", TRASHED)
        if (is_there or row.number in self._seen) and self.on_match == ASK:
            raise BadRow("external_id", THERE_ALREADY)
        if there or row.number in self._seen:
            if self.on_match == SKIP:
                decision.skipped += 1
                self.tell(decision, Fate.SKIPPED, row.index)
                return
            if there and not there.is_open:
                raise BadRow("external_id", NOT_YOURS)
            decision.updated += 1
            self.tell(decision, Fate.UPDATED, row.index)
            if there:
                match = self._customer(found.get(row.key, ())) if row.key else None
                made.customer_id = match.pk if match else None
                decision.work.changed.append((there.pk, made))
            return
        self._decide_new(decision, row, made, found.get(row.key, ()))

    def _decide_new(
        self,
        decision: Decision[Work],
        row: Row,
        made: NewOpportunity,
        found: Sequence[Match],
    ) -> None:
        match = self._customer(found) if row.key else None
        is_newcomer = bool(row.key) and match is None and self.newcomers == CREATE
        if is_newcomer:
            decision.work.newcomers.setdefault(row.key, newcomer_of(row, self.key))
        if match:
            made.customer_id = match.pk
            if "owner" not in row.values:
                made.owner = (match.owner_id, match.team_id)
        decision.created += 1
        self.tell(decision, Fate.CREATED, row.index)
        decision.work.new.append((made, row.key if is_newcomer else ""))
        if row.number:
            self._seen.add(row.number)

    def _customer(self, found: Sequence[Match]) -> Match | None:
        """
        Return the customer of a row, None for one who is not there.

        :raises BadRow: if it is not clear who, or nobody whom he sees.
        """
        error: Invalid | None = None
        if not found:
            error = UNKNOWN_CUSTOMER if self.newcomers == REFUSE else None
        elif len(found) > 1:
            error = SEVERAL_CUSTOMERS
        elif found[0].is_trashed:
            error = TRASHED_CUSTOMER
        elif not found[0].is_open:
            error = NOT_YOUR_CUSTOMER
        if error:
            raise BadRow(self.key_field, error)
        return found[0] if found else None

    def _opportunity(self, row: Row) -> NewOpportunity:
        """
        Return the opportunity of a row, without its customer.

        :raises BadRow: for a word that nobody has explained, or an end that cannot be.
        """
        values = row.values
        given: dict[str, object] = {
            name: values[name] for name in _TAKEN if name in values
        }
        meant = self._meant(values)
        first = self.meanings.first, OpportunityState.OPEN
        stage, state = meant.get("stage", first)
        owner = meant.get("owner", (self.by.actor_id, self.by.team_id))
        product = meant.get("product")
        if "amount" in values:
            given["amount"] = cast("Money", values["amount"]).amount.quantize(
                CENT, ROUND_HALF_EVEN
            )
        if "probability" in values:
            given["probability"] = round(cast("Decimal", values["probability"]))
        self._set_end(given, values, state)
        return NewOpportunity(
            name=_title(row),
            stage=stage,
            state=state,
            owner=owner,
            product_id=product,
            began_at=_moment(cast("date | None", values.get("engaged_on"))),
            given=given
            | ({"product_id": product} if "product" in values else {})
            | ({"name": values["name"]} if "name" in values else {}),
            says_stage="stage" in values,
            says_owner="owner" in values,
        )

    def _meant(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """
        Return what the words of a row mean: all are looked up, and so asked for, at once.

        :raises BadRow: if one of them is unclear.
        """
        look_up: Mapping[str, Callable[[str], Any]] = {
            "stage": self.meanings.stage,
            "owner": self.meanings.owner,
            "product": self.meanings.product,
        }
        found, unclear = {}, []
        for key in look_up.keys() & values.keys():
            word = cast("str", values[key])
            try:
                found[key] = look_up[key](word)
            except Unclear:
                unclear.append((key, word))
        if unclear:
            key, word = min(unclear)
            raise BadRow(key, _unclear(word))
        return found

    def _set_end(
        self, given: dict[str, object], values: Mapping[str, Value], state: str
    ) -> None:
        """Set when it ended; of an open one such a day is when that is expected."""
        day = cast("date | None", values.get("closed_on"))
        if state == OpportunityState.OPEN:
            if day:
                given.setdefault("expected_on", day)
            return
        if day is None:
            raise BadRow("closed_on", NO_END)
        if day > self.today:
            raise BadRow("closed_on", NOT_YET)
        began = cast("date | None", values.get("engaged_on"))
        if began and day < began:
            raise BadRow("closed_on", TOO_EARLY)
        given["closed_on"] = day


def _check(values: Mapping[str, Value]) -> None:
    """
    Let pass what an opportunity can hold.

    :raises BadRow: for an amount or a chance out of bounds, or another currency.
    """
    money = values.get("amount")
    if isinstance(money, Money):
        if money.currency != settings.CURRENCY:
            raise BadRow("amount", OTHER_CURRENCY)
        if not 0 <= money.amount <= LARGEST_AMOUNT:
            raise BadRow("amount", BAD_AMOUNT)
    chance = values.get("probability")
    if isinstance(chance, Decimal) and not 0 <= chance <= SURE:
        raise BadRow("probability", BAD_CHANCE)


def _unclear(word: str) -> BadValue:
    return BadValue(
        _("Nothing here is called “%(word)s”, and nobody has said what it means."),
        code="unclear",
        word=word,
    )


def _title(row: Row) -> str:
    """
    Return what an opportunity is called: its title, else its product and its customer.

    :raises BadRow: if the row has none of them.
    """
    values = row.values
    if "name" in values:
        return cast("str", values["name"])
    parts = [str(values.get(key, "")) for key in ("product", "customer_name")]
    told = " · ".join(filter(None, parts)) or row.number
    if not told:
        raise BadRow("name", NO_TITLE)
    if told == row.number:
        told = pgettext("opportunity", "Opportunity %(number)s") % {"number": told}
    return told[: LONGEST["name"]]


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), get_default_timezone()) if day else None
