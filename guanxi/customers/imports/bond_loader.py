"""What becomes of the rows of a file of bond assessments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.bond import Scores, wrong_scores
from guanxi.customers.commands.imports.bonds import NewBond, create_bonds
from guanxi.customers.imports.bond_fields import FIELDS, LONGEST, choices, fields
from guanxi.customers.imports.investment_fields import KEYS
from guanxi.customers.imports.investment_loader import (
    NO_CUSTOMER,
    NO_DATE,
    NOBODY,
    plain_key,
    wrong_customer,
)
from guanxi.customers.queries.bond import known_days
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.match import Match, match_customers, match_numbers
from guanxi.customers.rules.bond import SCORES, AssessmentMethod, shown_score
from guanxi.foundation.actor import Actor
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
from guanxi.foundation.sheets.values import BadValue

BAD_SCORE = BadValue(
    _("Enter a score from 0 to 10, with one decimal at most."), code="score"
)
SOME_FACTORS = BadValue(
    _("Score all seven factors, or none of them."), code="some_factors"
)
NO_SCORE = BadValue(_("Score something."), code="no_score")
TO_COME = BadValue(_("This day is still to come."), code="day_to_come")


@dataclass(slots=True)
class Row:
    """A row that is an assessment; ``key`` is what its customer is known by."""

    index: int
    key: str
    entry: NewBond


class BondLoader(Loader[Row, list[NewBond]]):
    """Takes rows of bond assessments of customers who are there."""

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        mapped = set(terms.columns.values())
        self.key_field = next((key for key in KEYS if key in mapped), "name")
        self.skips = terms.options["on_match"] == SKIP
        self.source = terms.options["source"].strip()
        self.today = house_day(terms.at)
        self._cells = row_reader(
            terms.columns,
            fields(by),
            terms.values,
            choices=choices(),
            longest=LONGEST,
        )
        self._seen: set[tuple[int, date]] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the assessment in a row.

        :raises BadRow: if it is none.
        """
        values = self._cells(cells)
        key = plain_key(values.get(self.key_field))
        if not key:
            raise BadRow(self.key_field, NO_CUSTOMER)
        day = values.get("assessed_on")
        if not isinstance(day, date):
            raise BadRow("assessed_on", NO_DATE)
        scores: dict[str, Decimal | None] = {}
        for name in SCORES:
            found = values.get(name)
            scores[name] = found if isinstance(found, Decimal) else None
        self._require_sound(scores, day)
        entry = NewBond(
            customer_id=NOBODY,
            assessed_on=day,
            method=str(values.get("method", self.terms.options["method"])),
            scores=tuple(scores.values()),
            note=str(values.get("note", "")),
        )
        return Row(index, key, entry)

    def decide(self, records: Sequence[Row]) -> Decision[list[NewBond]]:
        """Return what becomes of rows: taken, skipped or refused."""
        decision = Decision[list[NewBond]]([])
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

    def write(self, work: list[NewBond]) -> None:
        """Write what was decided."""
        if work:
            run_id, at = self.terms.run_id, self.terms.at
            create_bonds(self.by, work, run_id=run_id, at=at)

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""
        labels = {one.key: str(one.label) for one in FIELDS}
        shown = (self.key_field, "assessed_on", "method", *SCORES, "note")
        return [labels[name] for name in shown]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a row as it will be stored."""
        entry = record.entry
        return [
            record.key,
            entry.assessed_on.isoformat(),
            str(AssessmentMethod(entry.method).label),
            *map(shown_score, entry.scores),
            entry.note,
        ]

    def _require_sound(self, scores: Mapping[str, Decimal | None], day: date) -> None:
        given: Scores = {**scores}  # type: ignore[typeddict-item]  # -- by name
        wrong = wrong_scores(given, day, today=self.today)
        if wrong is None:
            return
        field = wrong[0]
        if field == "assessed_on":
            raise BadRow(field, TO_COME)
        if scores[field] is not None:
            raise BadRow(field, BAD_SCORE)
        raise BadRow(field, NO_SCORE if field == "satisfaction" else SOME_FACTORS)

    def _customers(self, keys: set[str]) -> Mapping[str, Sequence[Match]]:
        key = KEYS[self.key_field]
        if key is None:
            return match_numbers(self.by, keys)
        return match_customers(self.by, key, keys, source=self.source, action="edit")

    def _there(self, entries: Sequence[NewBond]) -> set[tuple[int, date]]:
        """Return customer and day of what is there already, in this file too."""
        if not self.skips:
            return set()
        wanted = {one.customer_id for one in entries}
        return self._seen | known_days(self.by, wanted)

    def _decide_one(
        self,
        decision: Decision[list[NewBond]],
        index: int,
        entry: NewBond,
        there: set[tuple[int, date]],
    ) -> None:
        same = (entry.customer_id, entry.assessed_on)
        if same in there:
            decision.skipped += 1
            self.tell(decision, Fate.SKIPPED, index)
            return
        decision.created += 1
        self.tell(decision, Fate.CREATED, index)
        decision.work.append(entry)
        if self.skips:
            there.add(same)
            if self.is_trial:
                self._seen.add(same)
