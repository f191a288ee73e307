"""The queue of likely duplicates."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.duplicate_pair import dismiss_pair, reopen_pair
from guanxi.customers.models import DuplicatePair
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.duplicate_pair import duplicate_pairs, reasons_told
from guanxi.customers.rules.duplicate import PairState, Reason
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.parts import fixed, toned
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)


def _named(end: str) -> Callable[[DuplicatePair, Actor], str]:
    """Return how the viewer may see the name of one end of a pair."""
    return lambda pair, viewer: CUSTOMER.shown(viewer, "name", getattr(pair, end).name)


def _reasons(pair: DuplicatePair, viewer: Actor) -> str:
    labels = [str(Reason(reason).label) for reason in reasons_told(viewer, pair)]
    return gettext(", ").join(labels)


def _dismiss(
    by: Actor, rows: list[DuplicatePair], _values: Mapping[str, str]
) -> BulkResult:
    done = [dismiss_pair(by, row.one, row.other, at=now()) for row in rows]
    return BulkResult(
        done=sum(pair is not None for pair in done),
        before={pair.pk: None for pair in done if pair},
    )


def _reopen(by: Actor, before: Mapping[int, object]) -> BulkResult:
    rows = duplicate_pairs(by).filter(pk__in=before)
    done = [reopen_pair(by, row.one, row.other, at=now()) for row in rows]
    return BulkResult(done=sum(pair is not None for pair in done))


DUPLICATES = Table(
    key="duplicates",
    kind="duplicate_pair",
    model=DuplicatePair,
    title=_("Possible duplicates"),
    url="customers:duplicate_pairs",
    rows=duplicate_pairs,
    default_sort="-score",
    columns=[
        Column(
            "one",
            _("Customer"),
            text_to=_named("one"),
            link="customers:duplicate_pair",
            filterable=False,
        ),
        Column(
            "other",
            pgettext_lazy("pair", "Same as"),
            text_to=_named("other"),
            link="customers:duplicate_pair",
            filterable=False,
        ),
        Column(
            "score",
            pgettext_lazy("pair", "Probability (%)"),
            kind=ColumnKind.NUMBER,
            sort="score",
        ),
        Column("reasons", _("What agrees"), text_to=_reasons, filterable=False),
        Column(
            "state",
            pgettext_lazy("pair", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(PairState.choices),
            tone=toned({PairState.OPEN: "amber"}),
        ),
        Column("found_at", _("Found at"), kind=ColumnKind.INSTANT),
    ],
    bulk=[
        Bulk(
            key="dismiss",
            label=pgettext_lazy("pair", "Not the same"),
            icon="x",
            needs="customer.merge",
            run=_dismiss,
            undo=_reopen,
            undo_needs="customer.merge",
        )
    ],
    empty=Empty(
        title=_("No possible duplicates"),
        text=_(
            "Every night all customers are compared with each other. Pairs that are"
            " likely the same stand here, to be merged or put aside."
        ),
    ),
    template="customers/duplicate_pairs.html",
)
