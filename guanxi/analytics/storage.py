"""What the warehouse holds, for people to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

# What a row is, by fact and dimension.
GRAINS: Mapping[str, tuple[Words, Words]] = {
    "orders": (
        pgettext_lazy("warehouse", "Orders"),
        _("One real order: what it came to, and what it earned"),
    ),
    "sales": (
        pgettext_lazy("warehouse", "Sales"),
        _("One line of a real order: product, quantity, amount, profit"),
    ),
    "products": (
        pgettext_lazy("warehouse", "Products"),
        _("One product and its category"),
    ),
    "classes": (
        pgettext_lazy("warehouse", "Customers"),
        _(
            "One customer by number: place, kind, tier, stage and scores, without a name"
        ),
    ),
}


@dataclass(frozen=True)
class Stored:
    """
    One fact or dimension: rows that hold, rows ever loaded, files, and bytes on disk.

    ``last`` is the number of the load that brought the latest of them; 0 before the first.
    """

    name: str
    label: str
    grain: str
    rows: int
    ever: int
    files: int
    size: int
    last: int


def stored() -> Sequence[Stored]:
    """Return what the warehouse holds, fact by fact."""
    from guanxi.analytics.cubes.histories import (  # noqa: PLC0415 -- loads the engine
        history_of,
    )

    found = []
    for name, (label, grain) in GRAINS.items():
        history = history_of(settings.WAREHOUSE_ROOT, name)
        parts, files = history.parts(), list(history.folder.glob("*.parquet"))
        found.append(
            Stored(
                name=name,
                label=str(label),
                grain=str(grain),
                rows=history.rows(),
                ever=sum(part.rows for part in parts),
                files=len(parts),
                size=sum(path.stat().st_size for path in files),
                last=history.last_load(),
            )
        )
    return found
