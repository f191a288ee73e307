"""A list for programs: the filters, sorts and pages of the list that people see."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import Shape
from guanxi.foundation.tables import patience
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.state import LONGEST_SEARCH, State
from guanxi.foundation.tables.table import Table
from guanxi.foundation.tables.where import parse

LARGEST_PAGE = 200


class ListQuery(Schema):
    """What part of a list is wanted."""

    where: str = Field(default="", description="Filter: `city.eq.北京,or(…)`.")
    q: str = Field(
        default="", description="Words to search for.", max_length=LONGEST_SEARCH
    )
    sort: str = Field(
        default="", description="Field to sort by; `-` before it turns it round."
    )
    after: str = Field(default="", description="`next` of the page before.")
    size: int = Field(default=25, ge=1, le=LARGEST_PAGE, description="Records a page.")


def listed(
    call: Call,
    table: Table,
    shape: Shape,
    query: ListQuery,
    *,
    more: Callable[["QuerySet[Any]"], "QuerySet[Any]"] | None = None,
) -> HttpResponse:
    """
    Answer with one page of ``table``; ``more`` annotates what is no plain column.

    :raises BadInput: for a parameter that lists do not have.
    :raises BadFilter: for a filter, sort or cursor that the caller cannot use.
    """
    viewer = call.auth
    require(viewer, f"{table.kind}.read")
    _require_known(call.GET)
    words = " ".join(query.q.replace("\0", "").split())
    state = State(parse(query.where), words, query.sort)
    listing = Listing(table, viewer, state, localdate())
    order = listing.order
    sight = shape.seen_by(viewer)

    def values(own: Listing) -> "QuerySet[Any]":
        rows = own.seen.select_related(None).prefetch_related(None)
        if more is not None:
            rows = more(rows)
        return rows.values(*{"pk", order.path, *sight.paths})

    page = patience.page(
        listing.source(values, (sight.paths, more)),
        order,
        is_narrowed=state.is_narrowed,
        size=query.size,
        after=query.after,
    )
    sight.record(page.rows, at=now())
    items = sight.records(page.rows)
    return answer({"items": items, "next": page.next or None})


def _require_known(given: Iterable[str]) -> None:
    """Refuse a misspelt parameter: left out, it would answer with everything."""
    known = ListQuery.model_fields
    said = _("There is no such parameter; there are: %(names)s.") % {
        "names": _(", ").join(known)
    }
    wrong = [Wrong(name, said) for name in given if name not in known]
    if wrong:
        raise BadInput(wrong)
