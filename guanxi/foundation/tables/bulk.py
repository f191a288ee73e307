"""What is done to the selected rows of a list, and how it is taken back."""

from collections.abc import Sequence
from secrets import token_urlsafe
from urllib.parse import urlencode

from django.contrib import messages as toasts
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.table import Bulk, BulkResult, Table
from guanxi.foundation.viewer import viewer_of

MOST_SELECTED = 1000
MOST_TOLD = 10  # refusals; more would cover the page
LONGEST_PK = 18  # digits that surely fit a bigint
# Where a session keeps what the last bulk action changed, for as long as it lasts.
KEPT = "bulk_before"


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
        query = urlencode([*(("pk", key) for key in keys), *_asked_list(request)])
        return redirect(f"{reverse(bulk.form_view)}?{query}")
    rows = list(table.rows(viewer).filter(pk__in=keys).order_by("pk"))
    with transaction.atomic():  # denied for one row, nothing is done to the others
        result = bulk.run(viewer, rows, request.POST.dict())
    _tell(request, result, undo=_kept(request, table, bulk, result))
    return redirect(request.get_full_path())


def undo_bulk(request: HttpRequest, table: Table, token: str) -> HttpResponse:
    """
    Take back the viewer's last bulk action on ``table``, and go back to where it was done.

    :raises NotVisible: if ``token`` is not that of the last one.
    """
    kept = request.session.get(KEPT, {})
    if (kept.get("token"), kept.get("table")) != (token, table.key):
        raise NotVisible
    bulk = next(b for b in table.bulk if b.key == kept["action"])
    require(viewer_of(request), bulk.undo_needs)
    del request.session[KEPT]
    before = {int(key): value for key, value in kept["before"].items()}
    assert bulk.undo is not None  # else nothing is kept
    with transaction.atomic():
        result = bulk.undo(viewer_of(request), before)
    if result.done:
        text = ngettext(
            "Taken back for %(n)d row.", "Taken back for %(n)d rows.", result.done
        )
        toasts.success(request, text % {"n": result.done})
    elif not result.refused:
        toasts.warning(request, _("This cannot be taken back any more."))
    _tell_refusals(request, result)
    return redirect(kept["address"])


def _asked_list(request: HttpRequest) -> list[tuple[str, object]]:
    """Return what the list was asked for, so that the form can lead back to it."""
    asked = request.GET.urlencode()
    return [("list", asked)] if asked else []


def _asked(request: HttpRequest, table: Table) -> Bulk | None:
    return next((b for b in table.bulk if b.key == request.POST.get("action")), None)


def _keys(request: HttpRequest) -> Sequence[int]:
    texts = request.POST.getlist("pk")[:MOST_SELECTED]
    return [int(t) for t in texts if t.isdecimal() and len(t) <= LONGEST_PK]


def _kept(request: HttpRequest, table: Table, bulk: Bulk, result: BulkResult) -> str:
    """Keep what an undo has to know; return its address, or nothing without an undo."""
    may_undo = bulk.undo and allowed(viewer_of(request), bulk.undo_needs)
    if not (may_undo and result.before):
        return ""
    token = token_urlsafe(9)
    request.session[KEPT] = {
        "token": token,
        "table": table.key,
        "action": bulk.key,
        "address": request.get_full_path(),
        "before": {str(key): value for key, value in result.before.items()},
    }
    return reverse("foundation:table_undo", args=[table.key, token])


def _tell(request: HttpRequest, result: BulkResult, *, undo: str) -> None:
    if result.done:
        text = ngettext("Done for %(n)d row.", "Done for %(n)d rows.", result.done)
        toasts.success(request, text % {"n": result.done}, extra_tags=undo)
    _tell_refusals(request, result)


def _tell_refusals(request: HttpRequest, result: BulkResult) -> None:
    for refusal in result.refused[:MOST_TOLD]:
        toasts.warning(request, refusal)
    if len(result.refused) > MOST_TOLD:
        rest = len(result.refused) - MOST_TOLD
        text = ngettext(
            "%(n)d more row was refused.", "%(n)d more rows were refused.", rest
        )
        toasts.warning(request, text % {"n": rest})
