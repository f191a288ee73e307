"""What columns of these lists have in common: choices, tones, words."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from guanxi.customers.models.code import grade_names
from guanxi.customers.queries.consent import BLOCKED, purposes
from guanxi.customers.queries.customer import codes, tags
from guanxi.customers.queries.segment import segment_names
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.table import Choices, Column, ColumnKind
from guanxi.foundation.words import Words


def codes_of(scheme: str) -> Callable[[Actor], Choices]:
    """Return what offers the codes of ``scheme``."""
    return lambda _viewer: [(str(code.pk), str(code)) for code in codes(scheme)]


def grade_choices(_viewer: Actor) -> Choices:
    """Return the grades of customers, the best first."""
    return [(key, str(name)) for key, name in grade_names().items()]


def contact_choices(_viewer: Actor) -> Choices:
    """Return every purpose with every channel, and whom nobody is to contact."""
    pairs = [
        (f"{purpose.key}:{channel}", f"{purpose} · {channel.label}")
        for purpose in purposes()
        for channel in ContactChannel
    ]
    return [*pairs, (BLOCKED, _("has a channel that is closed"))]


def tag_choices(_viewer: Actor) -> Choices:
    """Return all tags."""
    return [(str(tag.pk), tag.name) for tag in tags()]


def segment_choices(viewer: Actor) -> Choices:
    """Return the segments that ``viewer`` may see."""
    return list(segment_names(viewer).items())


def trait(
    key: str,
    label: Words,
    kind: ColumnKind,
    *,
    sortable: bool = False,
    shown: bool = False,
    nullable: bool = False,
) -> Column:
    """Return a column of computed knowledge."""
    path = f"traits__{key}"
    return Column(
        key=key,
        label=label,
        path=path,
        kind=kind,
        sort=path if sortable else "",
        nullable=nullable or (sortable and kind is ColumnKind.DATE),
        shown=shown,
    )
