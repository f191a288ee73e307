"""
How long what is kept, for what, on which legal ground, and what happens then.

PIPL 19 and 47, GDPR 5 (1) (e): no longer than the purpose needs. What the product ships is
off: a rule works only after somebody has looked at what it would do and switched it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.rules.purpose import (
    CREDITING,
    IMPORTING,
    SERVING,
    TALKING,
    WINNING,
)
from guanxi.foundation.purposes import Purpose
from guanxi.foundation.words import Words

SHORTEST_MONTHS, LONGEST_MONTHS = 1, 360


class Category(TextChoices):
    """What is kept for a time."""

    SILENT = "silent", _("Customers who never bought and whom nobody heard of")
    LOST = "lost", _("Lost customers")
    NOTES = "notes", _("Notes about customers")
    CREDIT = "credit", _("Credit reports that have ended")
    FILES = "files", _("Imported files")


class RetentionAct(TextChoices):
    """What happens when the time is over."""

    ERASE = "erase", pgettext_lazy("retention", "Erase the person")
    DELETE = "delete", pgettext_lazy("retention", "Delete")


@dataclass(frozen=True)
class Shipped:
    """A rule as the product brings it, with what the data are kept for."""

    act: RetentionAct
    months: int
    purpose: Purpose
    meaning: Words


SHIPPED: Mapping[Category, Shipped] = {
    Category.SILENT: Shipped(
        RetentionAct.ERASE,
        36,
        WINNING,
        _("Counted from the last change, note or task; no order was ever placed."),
    ),
    Category.LOST: Shipped(
        RetentionAct.ERASE,
        120,
        SERVING,
        _("Counted from the last order or change; orders stay under a number."),
    ),
    Category.NOTES: Shipped(
        RetentionAct.DELETE,
        60,
        TALKING,
        _("Counted from the day on which a note was written."),
    ),
    Category.CREDIT: Shipped(
        RetentionAct.DELETE,
        24,
        CREDITING,
        _("Counted from the day on which a report ended."),
    ),
    Category.FILES: Shipped(
        RetentionAct.DELETE,
        3,
        IMPORTING,
        _("Counted from the end of the import; what it brought stays."),
    ),
}
