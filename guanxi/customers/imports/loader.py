"""What becomes of the rows of a file of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.create import (
    TEXT_INDEXES,
    create_parties,
    link_parents,
)
from guanxi.customers.commands.imports.party import Party
from guanxi.customers.commands.imports.update import update_parties
from guanxi.customers.imports.fields import (
    LONGEST,
    NOTHING,
    all_fields,
    choices,
    fields,
)
from guanxi.customers.imports.rows import Owners, Row, party_of, shown
from guanxi.customers.queries.match import Match, MatchKey, match_customers
from guanxi.customers.rules.name import core_name
from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.cells import row_reader
from guanxi.foundation.imports.kinds import (
    ASK,
    SKIP,
    Decision,
    Fate,
    Loader,
    Terms,
    refusal,
)
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sheets.values import BadValue
from guanxi.identity.queries import assignable_users

Matches = Mapping[str, Sequence[Match]]
Key = tuple[MatchKey, str]

# A customer is known by what a column of its own holds.
_FACTS = (MatchKey.EXTERNAL_ID, MatchKey.CREDIT_CODE, MatchKey.ID_NUMBER)

THERE_ALREADY = BadValue(_("There is already such a customer."), code="there_already")
SEVERAL_SUCH = BadValue(
    _("Several customers match. Decide which one is meant."), code="several"
)
NOT_YOURS = BadValue(
    _("There is already such a customer that you may not change."), code="not_yours"
)
TRASHED = BadValue(
    _("Such a customer is in the trash. Restore it first."), code="trashed"
)


@dataclass
class Work:
    """
    What is to be written: new parties, and changes of customers by their ids.

    ``by_key`` are the new ones by what nobody else may share with them.
    """

    new: list[Party] = field(default_factory=list)
    changed: dict[int, Party] = field(default_factory=dict)
    by_key: dict[Key, Party] = field(default_factory=dict)


class CustomerLoader(Loader[Row, Work]):
    """Takes rows of customers."""

    text_indexes = TEXT_INDEXES

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        options = terms.options
        match = options["match"]
        self.key = None if match == NOTHING else MatchKey(match)
        self.on_match = options["on_match"]
        self.form = options["form"]
        self.source = options["source"].strip()
        self.mapped = frozenset(terms.columns.values())
        self._cells = row_reader(
            terms.columns,
            fields(by),
            terms.values,
            choices=choices(),
            longest=LONGEST,
        )
        self._owners = owners_by_name(by) if "owner" in self.mapped else {}
        self._seen: set[Key] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the customer in a row, normalized.

        :raises BadRow: if there is none.
        """
        party = party_of(cells, self._cells, self.form, self._owners)
        return Row(index, party, self._key_of(party))

    def decide(self, records: Sequence[Row]) -> Decision[Work]:
        """Return what becomes of rows: new, a change, skipped or refused."""
        decision = Decision(Work())
        by_id = self._matches(
            MatchKey.EXTERNAL_ID, [row.party.external_id for row in records]
        )
        matches = by_id
        if self.key is not MatchKey.EXTERNAL_ID:
            matches = self._matches(self.key, [row.key for row in records])
        for row in records:
            self._decide_row(decision, row, matches, by_id)
        return decision

    def write(self, work: Work) -> None:
        """Write new parties and changes."""
        run_id, at = self.terms.run_id, self.terms.at
        if work.new:
            create_parties(self.by, work.new, run_id=run_id, source=self.source, at=at)
        if work.changed:
            update_parties(self.by, list(work.changed.items()), run_id=run_id, at=at)

    def finish(self) -> Sequence[str]:
        """Relate subsidiaries to their parents; tell whose is not known."""
        if "parent" not in self.mapped:
            return []
        return [
            gettext(
                "There is no single customer called “%(name)s”: no relation was made."
            )
            % {"name": name}
            for name in link_parents(self.by, self.terms.run_id)
        ]

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview: the mapped fields."""
        return [str(f.label) for f in all_fields() if f.key in self.mapped | {"form"}]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a customer as it will be stored."""
        return shown(record.party, self.mapped)

    def _key_of(self, party: Party) -> str:
        """Return what a party is known by; for a name what its spellings share."""
        if self.key is None:
            return ""
        if self.key is MatchKey.NAME:
            return party.name
        if self.key in _FACTS:
            return cast("str", party.facts.get(self.key.value, ""))
        kind = self.key.value
        return next((p.value for p in party.points if p.kind == kind), "")

    def _matches(self, key: MatchKey | None, values: Sequence[str]) -> Matches:
        if key is None:
            return {}
        return match_customers(self.by, key, values, source=self.source)

    def _decide_row(
        self, decision: Decision[Work], row: Row, matches: Matches, by_id: Matches
    ) -> None:
        found = matches.get(row.key, ()) if row.key else ()
        external_id = row.party.external_id
        others = by_id.get(external_id, ()) if external_id else ()
        if len(found) > 1:
            self._refuse(decision, row, SEVERAL_SUCH)
        elif any(other not in found for other in others):
            self._refuse(decision, row, THERE_ALREADY, MatchKey.EXTERNAL_ID)
        elif found:
            self._decide_known(decision, row, found[0])
        else:
            self._decide_new(decision, row)

    def _decide_known(self, decision: Decision[Work], row: Row, match: Match) -> None:
        """Decide about a row whose customer was there before the file."""
        if match.is_trashed:
            self._refuse(decision, row, TRASHED)
        elif self.on_match == SKIP:
            decision.skipped += 1
            self.tell(decision, Fate.SKIPPED, row.index)
        elif self.on_match == ASK:
            self._refuse(decision, row, THERE_ALREADY)
        elif not match.is_open:
            self._refuse(decision, row, NOT_YOURS)
        else:
            decision.updated += 1
            self.tell(decision, Fate.UPDATED, row.index)
            earlier = decision.work.changed.setdefault(match.pk, row.party)
            if earlier is not row.party:
                earlier.add(row.party)

    def _decide_new(self, decision: Decision[Work], row: Row) -> None:
        """Decide about a row whose customer is new, or comes in an earlier row."""
        work = decision.work
        keys = self._keys_of(row)
        earlier = next((work.by_key[key] for key in keys if key in work.by_key), None)
        if earlier is None and self._seen.isdisjoint(keys):
            decision.created += 1
            self.tell(decision, Fate.CREATED, row.index)
            work.new.append(row.party)
            work.by_key |= dict.fromkeys(keys, row.party)
            if self.is_trial:
                self._seen.update(keys)
        elif self.on_match == SKIP:
            decision.skipped += 1
            self.tell(decision, Fate.SKIPPED, row.index)
        elif self.on_match == ASK:
            self._refuse(decision, row, THERE_ALREADY)
        else:
            decision.updated += 1
            self.tell(decision, Fate.UPDATED, row.index)
            if earlier:
                earlier.add(row.party)

    def _keys_of(self, row: Row) -> list[Key]:
        """Return what no other new row may share: the key, and the external id."""
        keys: list[Key] = []
        if row.key and self.key:
            is_name = self.key is MatchKey.NAME
            value = core_name(row.party.form, row.key) if is_name else row.key
            keys.append((self.key, value))
        if self.key is not MatchKey.EXTERNAL_ID and row.party.external_id:
            keys.append((MatchKey.EXTERNAL_ID, row.party.external_id))
        return keys

    def _refuse(
        self,
        decision: Decision[Work],
        row: Row,
        error: Invalid,
        key: MatchKey | None = None,
    ) -> None:
        wrong = key or self.key or MatchKey.EXTERNAL_ID
        decision.refused.append(refusal(row.index, wrong.value, error))


def owners_by_name(by: Actor) -> Owners:
    """Return the colleagues ``by`` may assign to, by username, and by names of one."""
    rows = list(assignable_users(by).values_list("pk", "team_id", "name", "username"))
    names = [name.lower() for _pk, _team, name, _username in rows]
    found = {
        name.lower(): (pk, team_id)
        for pk, team_id, name, _username in rows
        if names.count(name.lower()) == 1
    }
    usernames = {
        username.lower(): (pk, team_id) for pk, team_id, _name, username in rows
    }
    return found | usernames
