"""Numbers out of the cells of a sheet: which column, which rows can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.analytics.laboratory.dates import days_of_text, guessed_format
from guanxi.analytics.laboratory.files import Sheet
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Flags, Floats, Ints

Texts: TypeAlias = Sequence[str]
MOST_NAMED = 5
EPOCH = date(1970, 1, 1)

# Usual headings, in small letters without signs between the words.
CUSTOMER = (
    *("customerid", "customer", "custid", "cust", "clientid", "client", "userid"),
    *("user", "memberid", "member", "id", "客户编号", "客户号", "客户id", "客户"),
    *("会员编号", "会员号", "会员", "用户编号", "用户id", "用户", "顾客", "买家"),
)
DATE = (
    *("orderdate", "date", "purchasedate", "transactiondate", "invoicedate", "day"),
    *("orderedon", "timestamp", "time", "订单日期", "下单日期", "日期", "购买日期"),
    *("交易日期", "下单时间", "订单时间", "交易时间", "时间"),
)
AMOUNT = (
    *("amount", "revenue", "total", "sales", "price", "value", "spend", "monetary"),
    *("订单金额", "金额", "实付金额", "销售额", "消费金额", "交易金额", "总额", "收入"),
)


@dataclass
class Reading:
    """
    A sheet being read: which columns were taken, and which rows cannot be used.

    ``good`` (rows,) is narrowed by every column; :meth:`settle` tells or refuses.
    """

    sheet: Sheet
    good: Flags
    taken: dict[str, str] = field(default_factory=dict)
    troubles: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet) -> "Reading":
        """
        Begin with all rows of ``sheet`` good.

        :raises Unusable: if there are none.
        """
        reading = cls(sheet, np.ones(sheet.table.num_rows, np.bool_))
        if not sheet.table.num_rows:
            reading.settle(skip=False)
        return reading

    def index(self, role: str, said: str, usual: Texts = ()) -> int | None:
        """
        Return the number of the column for ``role``: by ``said``, else by usual heading.

        ``said`` is a heading or a number from 0. None if nothing is said or found.

        :raises Unusable: if the file has no such column.
        """
        names = self.sheet.headings
        found = _by_name(said, names) if said else self._usual(usual)
        if said and found is None:
            raise Unusable(
                _("The file has no column “%(column)s”. It has: %(columns)s.")
                % {"column": said, "columns": ", ".join(names[:20])}
            )
        if found is not None:
            self.taken[role] = names[found]
        return found

    def needed(self, role: str, said: str, usual: Texts = ()) -> int:
        """
        Return the number of the column for ``role``, that must be there.

        :raises Unusable: if it is not.
        """
        found = self.index(role, said, usual)
        if found is None:
            raise Unusable(
                _(
                    "Which column is the %(role)s? Say --%(role)s with a heading or a "
                    "number from 0. The file has: %(columns)s."
                )
                % {"role": role, "columns": ", ".join(self.sheet.headings[:20])}
            )
        return found

    def _usual(self, usual: Texts) -> int | None:
        plain = [_plain(name) for name in self.sheet.headings]
        places = [plain.index(name) for name in usual if name in plain]
        free = [
            at for at in places if self.sheet.headings[at] not in self.taken.values()
        ]
        return free[0] if free and self.sheet.header else None

    # ---- Cells

    def codes(self, index: int) -> tuple[Ints, pa.Array]:
        """Return a code (rows,) for each cell and the texts by code; empty is bad."""
        column = one_chunk(self.sheet.column(index))
        if not pa.types.is_string(column.type):
            column = column.cast(pa.string())
        coded = pc.fill_null(column, "").dictionary_encode()
        labels = pc.utf8_trim_whitespace(coded.dictionary)
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        filled = pc.not_equal(labels, "").to_numpy(zero_copy_only=False)[codes]
        self._drop(~filled, index, _("the cell is empty"))
        return codes, labels

    def days(self, index: int, layout: str = "") -> Ints:
        """
        Return the days (rows,) since 1970-01-01; ``layout`` as strptime has it.

        :raises Unusable: if the layout is not said and cannot be guessed.
        """
        column = one_chunk(self.sheet.column(index))
        if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
            return self._typed_days(column, index)
        coded = pc.fill_null(column.cast(pa.string()), "").dictionary_encode()
        texts = pc.utf8_trim_whitespace(coded.dictionary)
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        found = days_of_text(texts, layout or guessed_format(texts))
        days: Ints = found.days[codes]
        known = found.known[codes]
        why = _("it is no date as %(layout)s (--date-format)")
        self._drop(~known, index, why % {"layout": found.layout})
        return days

    def _typed_days(self, column: pa.Array, index: int) -> Ints:
        known = column.is_valid().to_numpy(zero_copy_only=False)
        days = pc.fill_null(column.cast(pa.date32(), safe=False), EPOCH)
        self._drop(~known, index, _("the cell is empty"))
        whole: Ints = days.cast(pa.int32()).to_numpy(zero_copy_only=False).astype(int)
        return whole

    def numbers(self, index: int) -> Floats:
        """Return the numbers (rows,); thousands may be set off by commas or blanks."""
        column = one_chunk(self.sheet.column(index))
        if pa.types.is_string(column.type):
            column = number_cells(column)
        values = column.cast(pa.float64())
        numbers: Floats = values.to_numpy(zero_copy_only=False)
        self._drop(~np.isfinite(numbers), index, _("it is no number"))
        return numbers

    def reject(self, bad: Flags, index: int, why: str) -> None:
        """Count the rows ``bad`` (rows,) as rows that cannot be used, because ``why``."""
        self._drop(bad, index, why)

    def _drop(self, bad: Flags, index: int, why: str) -> None:
        for row in np.flatnonzero(bad & self.good)[:MOST_NAMED].tolist():
            shown = str(self.sheet.column(index)[row].as_py() or "")[:40]
            self.troubles[row] = _("column “%(column)s”, “%(cell)s”: %(why)s") % {
                "column": self.sheet.headings[index],
                "cell": shown,
                "why": why,
            }
        self.good &= ~bad

    # ---- The end

    def settle(self, *, skip: bool) -> list[str]:
        """
        Return notes on the columns taken and the rows left out.

        :raises Unusable: if rows cannot be used and ``skip`` does not allow that, or
            if no row is left.
        """
        bad = int(np.count_nonzero(~self.good)) + len(self.sheet.ragged)
        notes = [self._told_columns()] if self.taken else []
        if bad:
            told = self._told_rows(bad)
            if not skip:
                mend = _("Mend them, or say --skip-bad-rows.")
                raise Unusable(f"{told}\n{mend}")
            notes.append(told)
        if not self.good.any():
            raise Unusable(_("No row of the file can be used."))
        return notes

    def _told_columns(self) -> str:
        taken = ", ".join(f"{role} = {name}" for role, name in self.taken.items())
        return _("Columns taken: %(columns)s.") % {"columns": taken}

    def _told_rows(self, bad: int) -> str:
        rows = sorted(self.troubles)[:MOST_NAMED]
        named = dict(
            zip(
                self.sheet.lines_of(rows), (self.troubles[r] for r in rows), strict=True
            )
        )
        width = len(self.sheet.headings)
        for line in self.sheet.ragged[:MOST_NAMED]:
            named[line] = _("it has not %(width)s cells like the first line") % {
                "width": width
            }
        lines = [
            _("Line %(line)s: %(why)s.") % {"line": line, "why": named[line]}
            for line in sorted(named)[:MOST_NAMED]
        ]
        return "\n".join([_("%(bad)s rows cannot be read.") % {"bad": bad}, *lines])


def day_number(on: date) -> int:
    """Return the days from 1970-01-01 to ``on``."""
    return (on - EPOCH).days


def day_text(day: int) -> str:
    """Return the date of a day number in ISO 8601."""
    return date.fromordinal(day + EPOCH.toordinal()).isoformat()


def _by_name(said: str, names: Texts) -> int | None:
    if said in names:
        return list(names).index(said)
    plain = [_plain(name) for name in names]
    if _plain(said) in plain and _plain(said):
        return plain.index(_plain(said))
    return int(said) if said.isdecimal() and int(said) < len(names) else None


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())


def one_chunk(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found


def number_cells(cells: pa.Array) -> pa.Array:
    """Return number texts that Arrow reads; null for what is no number."""
    try:
        return cells.cast(pa.float64())
    except pa.ArrowInvalid:
        pass
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(cells), r"[￥¥$€£]", "")
    bare = pc.replace_substring_regex(bare, "[\\s\u00a0\u202f]", "")
    grouped = pc.match_substring_regex(bare, r"^[-+]?\d{1,3}(,\d{3,4})+(\.\d*)?$")
    bare = pc.if_else(grouped, pc.replace_substring(bare, ",", ""), bare)
    number = pc.match_substring_regex(bare, r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
    signless = pc.replace_substring_regex(bare, r"^\+", "")
    return pc.if_else(number, signless, pa.scalar(None, pa.string()))
