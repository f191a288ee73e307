"""
Chinese customers of whom some are there twice, by an error model of our own.

A double has the mistakes that desks and files make: homophones, surname and given name
exchanged, pinyin, a new phone (the old one kept or not), exchanged digits, other legal
endings and short names. Beside them stand people who only look alike: namesakes,
couples with one phone, branches of a company.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from bench.words import CITIES, GIVEN, SURNAMES, Names
from guanxi.analytics.linkage.parties import RAW
from guanxi.foundation.names import pinyin_forms

SEED = 7
COMPANIES, DOUBLES, COUPLES, BRANCHES = 0.2, 0.2, 0.03, 0.1
ENDINGS = ("有限公司", "有限责任公司", "股份有限公司", "公司", "")
STREETS = (
    "人民路",
    "解放路",
    "中山路",
    "新华路",
    "建设路",
    "和平路",
    "文化路",
    "长江路",
)
DISTRICTS = ("江汉区", "朝阳区", "鼓楼区", "中山区", "新城区", "高新区")
MAILS = ("qq.com", "163.com", "126.com", "sina.com")
Row = dict[str, str]


def doubled(count: int) -> tuple[pa.Table, list[int]]:
    """Return about ``count`` customers as they are compared, and who each of them is."""
    world = _World(np.random.default_rng(SEED))
    rows: list[Row] = []
    who: list[int] = []
    for number, party in enumerate(world.parties(int(count / (1 + DOUBLES)))):
        rows.append(party)
        who.append(number)
        if world.happens(DOUBLES):
            rows.append(world.double_of(party))
            who.append(number)
    order = np.random.default_rng(SEED).permutation(len(rows))
    columns = {c: [rows[i].get(c, "") for i in order] for c in RAW if c != "id"}
    ids = pa.array(range(len(rows)), pa.int64())
    return pa.table({"id": ids, **columns}), [who[i] for i in order]


class _World:
    """Draws parties and their doubles."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._names = Names(rng)
        self._alike = _homophones()

    def happens(self, share: float) -> bool:
        """Tell whether something happens that does in ``share`` of cases."""
        return bool(self._rng.random() < share)

    def parties(self, count: int) -> Iterator[Row]:
        """Yield as many different parties: some live together, some are branches."""
        persons = iter(self._names.persons(2 * count))
        companies = iter(self._names.companies(count))
        made = 0
        while made < count:
            is_company = self.happens(COMPANIES)
            party = (
                self._company(next(companies))
                if is_company
                else self._person(next(persons))
            )
            yield party
            made += 1
            if is_company and self.happens(BRANCHES):
                place = CITIES[int(self._rng.integers(len(CITIES)))][1][:-1]
                yield {**party, "name": f"{party['name']}{place}分公司"}
                made += 1
            elif not is_company and self.happens(COUPLES):
                same = {k: party[k] for k in ("phones", "street", "city")}
                yield {**self._person(next(persons)), **same}
                made += 1

    def double_of(self, party: Row) -> Row:
        """Return ``party`` as somebody else entered it."""
        row = dict(party)
        is_company = row["form"] == "organization"
        row["name"] = (
            self._other_company(row["name"])
            if is_company
            else self._other_name(row["name"])
        )
        row["phones"] = self._other_phones(row["phones"])
        for name, gone, changed in (
            ("emails", 0.3, 0.2),
            ("id_number", 0.4, 0.05),
            ("birth_on", 0.3, 0.06),
            ("street", 0.25, 0.15),
        ):
            if self.happens(gone):
                row[name] = ""
            elif row[name] and self.happens(changed):
                row[name] = self._exchanged(row[name])
        return row

    def _person(self, name: str) -> Row:
        year, month, day = (
            int(self._rng.integers(*b)) for b in ((1950, 2006), (1, 13), (1, 29))
        )
        born = f"{year}-{month:02}-{day:02}"
        number = f"{self._digits(6)}{born.replace('-', '')}{self._digits(4)}"
        return self._reached(name, "person") | {
            "birth_on": born if self.happens(0.6) else "",
            "id_number": number if self.happens(0.3) else "",
        }

    def _company(self, name: str) -> Row:
        return self._reached(name, "organization") | {
            "birth_on": "",
            "id_number": f"91{self._digits(16)}" if self.happens(0.5) else "",
        }

    def _reached(self, name: str, form: str) -> Row:
        box = f"{pinyin_forms(name[:3]).full}{self._digits(4)}"
        street = (
            f"{self._one(DISTRICTS)}{self._one(STREETS)}{self._rng.integers(1, 999)}号"
        )
        return {
            "name": name,
            "form": form,
            "phones": f"+861{self._digits(10)}" if self.happens(0.9) else "",
            "emails": f"{box}@{self._one(MAILS)}" if self.happens(0.5) else "",
            "street": street if self.happens(0.7) else "",
            "city": CITIES[int(self._rng.integers(len(CITIES)))][1],
        }

    def _other_name(self, name: str) -> str:
        if self.happens(0.3):
            at = int(self._rng.integers(1, len(name)))
            return name[:at] + self._one(self._alike[name[at]]) + name[at + 1 :]
        if self.happens(0.1):
            return name[1:] + name[0]
        if self.happens(0.06):
            given = pinyin_forms(name[1:]).full.capitalize()
            return f"{given} {pinyin_forms(name[0]).full.capitalize()}"
        return name

    def _other_company(self, name: str) -> str:
        name, company, branch = name.partition("公司")
        return self._other_firm(name + company) + branch

    def _other_firm(self, name: str) -> str:
        core = name.removesuffix("有限公司")
        if self.happens(0.2):
            return core[2:]
        if self.happens(0.15):
            return f"{core[2:]}（{core[:2]}）有限公司"
        return core + self._one(ENDINGS)

    def _other_phones(self, phones: str) -> str:
        new = f"+861{self._digits(10)}"
        if not phones or self.happens(0.15):
            return "" if self.happens(0.5) else new
        if self.happens(0.3):
            return f"{new} {phones}"
        return self._exchanged(phones) if self.happens(0.06) else phones

    def _exchanged(self, text: str) -> str:
        """Return ``text`` with two neighbors exchanged."""
        at = int(self._rng.integers(len(text) // 2, len(text) - 1))
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def _digits(self, count: int) -> str:
        return "".join(map(str, self._rng.integers(0, 10, count)))

    def _one(self, words: "tuple[str, ...] | str | list[str]") -> str:
        return str(words[int(self._rng.integers(len(words)))])


def _homophones() -> Mapping[str, list[str]]:
    sounds: dict[str, list[str]] = defaultdict(list)
    characters = dict.fromkeys(GIVEN + SURNAMES)
    for character in characters:
        sounds[pinyin_forms(character).full].append(character)
    return {c: sounds[pinyin_forms(c).full] for c in characters}
