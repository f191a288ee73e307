"""What the warehouse keeps of facts and dimensions; the SQL of each stands in its room."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from guanxi.analytics.history import History

_ID, _WORD = pa.int64(), pa.string()


def _columns(**types: pa.DataType) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, nullable=False) for name, kind in types.items()]
    )


@dataclass(frozen=True)
class Kept:
    """
    What is kept: columns, and the one that tells records apart.

    Of ``changes`` the database writes down which ones have changed; where nothing is
    written down, all is read and compared with what is kept.
    """

    schema: pa.Schema
    key: str
    changes: str = ""


HISTORIES = {
    "orders": Kept(
        _columns(
            order_id=_ID,
            customer_id=_ID,
            ordered_on=pa.date32(),
            amount=_ID,
            costed=_ID,
            profit=_ID,
        ),
        "order_id",
        changes="order",
    ),
    "sales": Kept(
        _columns(
            order_id=_ID,
            customer_id=_ID,
            ordered_on=pa.date32(),
            channel=_WORD,
            owner_id=_ID,
            team_id=_ID,
            product_id=_ID,
            quantity=_ID,
            amount=_ID,
            costed=_ID,
            profit=_ID,
            is_first=_ID,
        ),
        "order_id",
        changes="order",
    ),
    "products": Kept(_columns(product_id=_ID, category=_WORD), "product_id"),
    "classes": Kept(
        _columns(
            customer_id=_ID,
            form=_WORD,
            state=_WORD,
            kind_id=_ID,
            relation_kind_id=_ID,
            province=_WORD,
            city=_WORD,
            industry=_WORD,
            is_key=_WORD,
            tier=_WORD,
            rfm_segment=_WORD,
            life_stage=_WORD,
            purchase_state=_WORD,
            satisfaction=_WORD,
            life_pattern=_WORD,
            grade=_WORD,
            churn_risk=_WORD,
            p_alive=_WORD,
            expected_amount=_WORD,
            r=_ID,
            f=_ID,
            m=_ID,
        ),
        "customer_id",
    ),
}
"""By the names of the facts, which rooms declare."""

ORDERS, SALES, PRODUCTS, CLASSES = HISTORIES


SNAPSHOTS = {
    "field_values": _columns(customer_id=_ID, field=_WORD, word=_WORD),
    "memberships": _columns(customer_id=_ID, segment_id=_ID),
}
"""
What is read anew with each load, and of which nothing earlier is kept.

So what an added field told is gone with the next load once it counts as personal.
"""


def history_of(folder: Path, name: str) -> History:
    """Return the history ``name`` of the warehouse in ``folder``."""
    return History(folder / name, HISTORIES[name].schema, HISTORIES[name].key)
