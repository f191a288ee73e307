"""``guanxi science associate``: which items lie in a basket together."""

import csv
import io
from collections import Counter

import numpy as np

from guanxi.analytics.laboratory.columns import CUSTOMER, Reading
from guanxi.analytics.laboratory.files import (
    as_utf8,
    guessed_delimiter,
    read_sheet,
)
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.association import (
    AssociationRule,
    RuleSettings,
    association,
)
from guanxi.analytics.science.baskets import Baskets

_BASKET = (
    *("basket", "basketid", "order", "orderid", "orderno", "invoice", "invoiceno"),
    *("transaction", "transactionid", "订单", "订单号", "订单编号", "购物篮"),
    *CUSTOMER,
)
_NAMED = {"\\t": "\t", "tab": "\t"}


def run(request: Request) -> Findings:
    """
    Return the association rules of a file of baskets.

    Without ``--item`` each line is a basket and each cell an item; with it each line is
    one item of the basket that ``--customer`` names.

    :raises Unusable: if the file or the options cannot be used.
    """
    settings = _settings(request)
    long = bool(request.text("item"))
    baskets, items, notes = _long(request) if long else _lines(request)
    found = association(baskets, settings)
    lengths = Counter(len(rule.antecedent) + 1 for rule in found.rules)
    return Findings(
        n=baskets.count,
        parameters={
            "support": settings.support,
            "confidence": settings.confidence,
            "min_length": settings.min_length,
            "max_length": settings.max_length,
        },
        facts={
            "items": len(items),
            "entries": len(baskets.items),
            "frequent_sets": found.set_count,
            "rule_count": len(found.rules),
            "rules_by_length": {str(at): lengths[at] for at in sorted(lengths)},
        },
        tables={"rules": _rules(found.rules, items)},
        notes=notes,
    )


def _settings(request: Request) -> RuleSettings:
    try:
        return RuleSettings(
            support=_share(request.number("support"), 0.01),
            confidence=_share(request.number("confidence"), 0.25),
            min_length=request.whole("min_length", 2),
            max_length=request.whole("max_length", 10),
        )
    except ValueError as error:
        raise Unusable(
            _(
                "Support and confidence lie between 0 and 1, such as .01 for one in a "
                "hundred; lengths are at least 2, --min-length not above --max-length."
            )
        ) from error


def _share(said: float | None, default: float) -> float:
    return default if said is None else said


def _long(request: Request) -> tuple[Baskets, list[str], tuple[str, ...]]:
    reading = Reading.of(
        read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    item = reading.needed("item", request.text("item"))
    basket = reading.needed("customer", request.customer, _BASKET)
    items, names = reading.codes(item)
    owners, _labels = reading.codes(basket)
    notes = reading.settle(skip=request.skip_bad_rows)
    found, places = np.unique(owners[reading.good], return_inverse=True)
    baskets = Baskets.from_rows(places, items[reading.good], len(found))
    return baskets, names.to_pylist(), tuple(notes)


def _lines(request: Request) -> tuple[Baskets, list[str], tuple[str, ...]]:
    """Read a basket from each line; empty lines are none, empty cells no items."""
    try:
        data = as_utf8(request.path.read_bytes())
    except OSError as error:
        raise Unusable(
            _("“%(file)s” cannot be read: %(reason)s")
            % {"file": request.path.name, "reason": error.strerror or error}
        ) from error
    sign = _NAMED.get(request.delimiter, request.delimiter) or guessed_delimiter(data)
    if len(sign) != 1:
        raise Unusable(
            _("“%(sign)s” is no delimiter: give one sign, for a tab write \\t.")
            % {"sign": request.delimiter}
        )
    return _parsed(data, sign)


def _parsed(data: bytes, sign: str) -> tuple[Baskets, list[str], tuple[str, ...]]:
    numbers: dict[str, int] = {}
    owners: list[int] = []
    items: list[int] = []
    count = 0
    lines = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=sign)
    try:
        for cells in lines:
            named = [cell for each in cells if (cell := each.strip())]
            items.extend(numbers.setdefault(name, len(numbers)) for name in named)
            owners.extend([count] * len(named))
            count += bool(named)
    except csv.Error as error:
        raise Unusable(
            _("Line %(line)s: %(why)s.") % {"line": lines.line_num, "why": error}
        ) from error
    if not count:
        raise Unusable(_("The file is empty."))
    note = _(
        "Each line is one basket, without headings; for one item a line say --item."
    )
    rows = np.array(owners, np.int64), np.array(items, np.int64)
    return Baskets.from_rows(*rows, count), list(numbers), (note,)


def _rules(rules: tuple[AssociationRule, ...], items: list[str]) -> Table:
    return Table(
        _("Rules: who has the first also takes the second"),
        {
            "antecedent": [
                sorted(items[item] for item in rule.antecedent) for rule in rules
            ],
            "consequent": [items[rule.consequent] for rule in rules],
            "support": [rule.support for rule in rules],
            "confidence": [rule.confidence for rule in rules],
            "lift": [rule.lift for rule in rules],
            "leverage": [rule.leverage for rule in rules],
            "conviction": [rule.conviction for rule in rules],
            "count": [rule.count for rule in rules],
        },
    )
