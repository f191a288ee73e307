"""Products from files: a list of what is sold, known by its codes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.cells import row_reader
from guanxi.foundation.imports.kinds import (
    ASK,
    ON_MATCH,
    SKIP,
    BadRow,
    Decision,
    Fate,
    ImportKind,
    Loader,
    Option,
    Terms,
    refusal,
)
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import Money
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import BadValue
from guanxi.foundation.words import Words
from guanxi.sales.commands.imports.products import (
    create_products,
    remove_products,
    restore_products,
    update_products,
)
from guanxi.sales.models import Product
from guanxi.sales.policies import PRODUCT
from guanxi.sales.queries.match import products_coded
from guanxi.sales.rules.order import CENT

_FIELDS = (
    ImportField(
        "code", _("Product code"), "text",
        ("商品编码", "产品编号", "编码", "货号", "款号", "sku", "item code", "product id", "id"),
    ),
    ImportField(
        "name", _("Product name"), "text",
        ("商品名称", "产品名称", "品名", "名称", "宝贝标题", "product", "item", "title"),
        required=True,
    ),
    ImportField("category", _("Category"), "text", ("类别", "分类", "品类", "系列", "type", "series", "group")),
    ImportField("unit", _("Unit"), "text", ("单位", "计量单位", "uom")),
    ImportField("price", _("List price"), "money", ("价格", "单价", "售价", "标价", "吊牌价", "price", "sales price", "unit price")),
    ImportField("cost", _("Purchase cost"), "money", ("成本", "进价", "采购价", "成本价", "cost", "purchase price")),
    ImportField("is_active", _("On offer"), "boolean", ("是否在售", "在售", "上架", "active", "available")),
    ImportField("feature", _("Feature"), "text", ("特征", "特点", "属性", "feature")),
    ImportField("advantage", pgettext_lazy("product", "Advantage"), "text", ("作用", "优势", "advantage")),
    ImportField("benefit", pgettext_lazy("product", "Benefit"), "text", ("利益", "好处", "benefit")),
    ImportField("note", _("Note"), "text", ("备注", "说明", "description", "remark")),
)  # fmt: skip
_LENGTHS = {"code": 60, "name": 200, "category": 80, "unit": 20} | dict.fromkeys(
    ("feature", "advantage", "benefit"), 1000
)
LARGEST_PRICE = Decimal(10) ** 12

NO_NAME = BadValue(_("The name is missing."), code="no_name")
BAD_PRICE = BadValue(_("This price cannot be."), code="price")
THERE_ALREADY = BadValue(
    _("There is already a product with this code."), code="there_already"
)
TRASHED = BadValue(
    _("The product with this code is in the trash. Restore it first."), code="trashed"
)


@dataclass(slots=True)
class Row:
    """A row that is a product; one without a code is known by its name."""

    index: int
    code: str
    facts: dict[str, object]


@dataclass
class Work:
    """What is to be written: new products by their codes, changes by their ids."""

    new: dict[str, dict[str, object]] = field(default_factory=dict)
    changed: dict[int, dict[str, object]] = field(default_factory=dict)


class ProductLoader(Loader[Row, Work]):
    """Takes rows of products."""

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        self.on_match = terms.options["on_match"]
        self.mapped = frozenset(terms.columns.values())
        self._cells = row_reader(
            terms.columns, fields(by), terms.values, choices={}, longest=_LENGTHS
        )
        self._seen: set[str] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the product in a row.

        :raises BadRow: if there is none.
        """
        values = self._cells(cells)
        facts: dict[str, object] = dict(values)
        name = cast("str", values.get("name", ""))
        if not name:
            raise BadRow("name", NO_NAME)
        for key in ("price", "cost"):
            money = values.get(key)
            if isinstance(money, Money):
                if not 0 <= money.amount < LARGEST_PRICE:
                    raise BadRow(key, BAD_PRICE)
                facts[key] = money.amount.quantize(CENT, ROUND_HALF_EVEN)
        price = values.get("price")
        if isinstance(price, Money):
            facts["currency"] = price.currency
        code = str(values.get("code") or name[: _LENGTHS["code"]])
        return Row(index, code, facts | {"code": code})

    def decide(self, records: Sequence[Row]) -> Decision[Work]:
        """Return what becomes of rows: new, a change, skipped or refused."""
        decision = Decision(Work())
        known = products_coded({row.code for row in records})
        for row in records:
            there = known.get(row.code)
            if there and there.is_trashed:
                _refuse(decision, row, TRASHED)
            elif there or row.code in decision.work.new or row.code in self._seen:
                self._decide_again(decision, row, there.pk if there else None)
            else:
                decision.created += 1
                self.tell(decision, Fate.CREATED, row.index)
                decision.work.new[row.code] = row.facts
                if self.is_trial:
                    self._seen.add(row.code)
        return decision

    def write(self, work: Work) -> None:
        """Write new products and changes."""
        run_id, at = self.terms.run_id, self.terms.at
        if work.new:
            create_products(self.by, list(work.new.values()), run_id=run_id, at=at)
        if work.changed:
            update_products(self.by, list(work.changed.items()), run_id=run_id, at=at)

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""
        return [str(one.label) for one in _FIELDS if one.key in self.mapped | {"code"}]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a product as it will be stored."""
        return [
            str(record.facts.get(one.key, ""))
            for one in _FIELDS
            if one.key in self.mapped | {"code"}
        ]

    def _decide_again(self, decision: Decision[Work], row: Row, pk: int | None) -> None:
        """Decide about a row whose product is there, or comes in an earlier row."""
        if self.on_match == SKIP:
            decision.skipped += 1
            self.tell(decision, Fate.SKIPPED, row.index)
        elif self.on_match == ASK:
            _refuse(decision, row, THERE_ALREADY)
        else:
            decision.updated += 1
            self.tell(decision, Fate.UPDATED, row.index)
            if pk is not None:
                decision.work.changed.setdefault(pk, {}).update(row.facts)
            elif row.code in decision.work.new:
                decision.work.new[row.code].update(row.facts)


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill."""
    writable = PRODUCT.writable(by)
    return [one for one in _FIELDS if one.key in writable]


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: every product needs a name."""
    return "" if "name" in mapped else _("Choose the column that holds the name.")


def _refuse(decision: Decision[Work], row: Row, error: Invalid) -> None:
    decision.refused.append(refusal(row.index, "code", error))


OPTIONS: Sequence[Option] = (
    Option("on_match", _("If the code is there already"), ON_MATCH, default=SKIP),
)

PRODUCTS_IMPORT = ImportKind(
    key="products",
    label=_("Products"),
    icon="package",
    needs="product.import",
    list_view="sales:products",
    fields=fields,
    options=OPTIONS,
    loader=ProductLoader,
    undo=[restore_products, remove_products],
    fills=[Product],
    wants=wants,
)
