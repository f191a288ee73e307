"""Telling headings from values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guanxi.foundation.clock import detect_date_format

Rows = Sequence[Sequence[str]]

LONGEST_HEADING = 60
# Nearly all cells of a column of numbers are numbers; the rest are "unknown" or "-".
MOSTLY = 0.8

_NUMBER = re.compile(r"[-+(￥¥$€]*\s?\d[\d\s.,'/:-]*[%)元万]?")
_VALUE = re.compile(r"[^@\s]+@[^@\s]+\.\w+|\+?[\d\s()-]{7,}|https?://.*")
# Beginnings and ends of headings in exports of Chinese and English programs.
_HEADING = re.compile(
    r".*(名称|姓名|名字|编号|编码|号码|代码|电话|手机|邮箱|邮件|地址|日期|时间|金额|价格|单价|数量|"
    r"备注|类型|类别|状态|省份|城市|性别|公司|单位|部门|职务|来源|等级|生日|行业|网址)|"
    r"序号|省|市|区|id|.*[ _-](id|no|name|date|at|time|number|code|amount|type|status)|"
    r"(full|first|last|given|sur)?[ _-]?name|e-?mail|phone|mobile|tel|address|city|date|"
    r"amount|price|quantity|total|type|status|company|title|code|currency|note|notes",
    re.IGNORECASE,
)


def preamble(rows: Rows) -> int:
    """Return how many rows stand above the table: blank ones, and a title alone."""
    widths = [sum(map(bool, row)) for row in rows]
    if max(widths, default=0) < 2:
        return next((at for at, width in enumerate(widths) if width), 0)
    return next(at for at, width in enumerate(widths) if width > 1)


def has_header(rows: Rows) -> bool:
    """
    Return whether the first of ``rows`` holds headings.

    Headings are short texts, never numbers, dates or addresses. Known words among them
    decide, or a column of numbers below; otherwise headings are words that do not come
    again in their columns.
    """
    first, body = [cell.strip() for cell in rows[0]], rows[1:]
    filled = [cell for cell in first if cell]
    if any(_is_value(cell) or len(cell) > LONGEST_HEADING for cell in filled):
        return False
    if any(_HEADING.fullmatch(cell) for cell in filled):
        return True
    columns = [_column(body, at) for at in range(len(first))]
    if any(_is_typed(column) for column in columns):
        return True
    return len(set(filled)) == len(filled) and not any(
        cell in column for cell, column in zip(first, columns, strict=True)
    )


def _column(rows: Rows, at: int) -> list[str]:
    """Return the filled cells of a column."""
    return [row[at].strip() for row in rows if at < len(row) and row[at].strip()]


def _is_typed(column: Sequence[str]) -> bool:
    return bool(column) and sum(map(_is_value, column)) >= MOSTLY * len(column)


def _is_value(cell: str) -> bool:
    if _NUMBER.fullmatch(cell) or _VALUE.fullmatch(cell):
        return True
    return any(found.key != "excel" for found in detect_date_format([cell]))
