"""What is done to the selected rows of a list."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.policies import require
from guanxi.foundation.tables.table import Bulk, BulkResult, Table
from guanxi.foundation.viewer import viewer_of

MOST_SELECTED = 1000
MOST_TOLD = 10  # refusals; more would cover the page
LONGEST_PK = 18  # digits that surely fit a bigint


def run_bulk(request: HttpRequest, table: Table) -> HttpResponse:
    """
    Do what was posted to the selected rows, and go back to the list.

    Rows the viewer cannot see are left out without a word, as if they were not there.

    :raises Denied: without the permission for the action.
    """
    viewer = viewer_of(request)
    bulk = _asked(request, table)
    keys = _keys(request)
    if bulk is None or not keys:
        toasts.error(request, _("Select rows first, then choose what to do with them."))
        return redirect(request.get_full_path())
    require(viewer, bulk.needs)
    if bulk.form_view and "confirmed" not in request.POST:
        query = urlencode([("pk", key) for key in keys])
        return redirect(f"{reverse(bulk.form_view)}?{query}")
    rows = list(table.rows(viewer).filter(pk__in=keys).order_by("pk"))
    _tell(request, bulk.run(viewer, rows, request.POST.dict()))
    return redirect(request.get_full_path())


def _asked(request: HttpRequest, table: Table) -> Bulk | None:
    return next((b for b in table.bulk if b.key == request.POST.get("action")), None)


def _keys(request: HttpRequest) -> Sequence[int]:
    texts = request.POST.getlist("pk")[:MOST_SELECTED]
    return [int(t) for t in texts if t.isdecimal() and len(t) <= LONGEST_PK]


def _tell(request: HttpRequest, result: BulkResult) -> None:
    if result.done:
        text = ngettext("Done for %(n)d row.", "Done for %(n)d rows.", result.done)
        toasts.success(request, text % {"n": result.done})
    for refusal in result.refused[:MOST_TOLD]:
        toasts.warning(request, refusal)
    if len(result.refused) > MOST_TOLD:
        rest = len(result.refused) - MOST_TOLD
        text = ngettext(
            "%(n)d more row was refused.", "%(n)d more rows were refused.", rest
        )
        toasts.warning(request, text % {"n": rest})
