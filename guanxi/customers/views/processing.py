"""The register of processing, as a page and as a file."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guanxi.customers.forms.processing import ProcessingForm
from guanxi.customers.queries.processing import Activity, Kept, activities, narrowed
from guanxi.customers.queries.retention import Rule
from guanxi.customers.rules.purpose import CLASSES
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.purposes import Recipient
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sheets.write import Cell
from guanxi.foundation.tables.export import csv_answer


@login_required
@require_GET
def processing(request: StaffRequest) -> HttpResponseBase:
    """Show what personal data are kept for, by whom read and where sent."""
    require(request.user, "audit.read")
    every = activities(request.user, at=now())
    form = ProcessingForm(request.GET or None, every)
    asked = form.cleaned_data if form.is_valid() else {}
    found = narrowed(
        every,
        purpose=asked.get("purpose", ""),
        kind=asked.get("kind", ""),
        privacy=asked.get("privacy", ""),
    )
    if request.GET.get("export") == "csv":
        return _file(request, found)
    return _page(request, form, found)


def _page(
    request: StaffRequest, form: ProcessingForm, found: Sequence[Activity]
) -> HttpResponse:
    asked = request.GET.copy()
    asked["export"] = "csv"
    context = {
        "form": form,
        "found": [
            (one, _told(one), [_line(kept) for kept in one.fields]) for one in found
        ],
        "file_url": f"?{asked.urlencode()}",
        "may_export": allowed(request.user, "audit.export"),
    }
    status = 400 if form.errors else 200
    return render(request, "customers/processing.html", context, status=status)


def _file(request: StaffRequest, found: Sequence[Activity]) -> HttpResponseBase:
    """Answer with one line for each field of each purpose; the log says who took it."""
    require(request.user, "audit.export")
    rows = list(_rows(found))
    record_access(request.user, "export", "audit", fields=[], rows=len(rows), at=now())
    header = [
        _("Purpose"),
        _("Kinds of people"),
        _("Legal ground"),
        _("How long"),
        _("Recipients"),
        pgettext("processing", "Record"),
        _("Field"),
        pgettext("privacy", "Class"),
        _("Read in clear by"),
        _("Read covered by"),
        _("Protection"),
    ]
    return csv_answer(f"processing-{localdate():%Y%m%d}.csv", header, rows)


def _rows(found: Sequence[Activity]) -> Iterator[Sequence[Cell]]:
    for one in found:
        purpose = one.purpose
        kept, out = _told(one)
        head = [str(purpose.label), str(purpose.people), str(purpose.ground), kept, out]
        for field in one.fields:
            yield [*head, *_line(field)]
        if not one.fields:
            yield [*head, *[""] * 6]


def _told(one: Activity) -> tuple[str, str]:
    """Return how long the data of a purpose are kept, and who gets them."""
    rules = [_rule(rule) for rule in one.rules]
    out = [_recipient(recipient, one) for recipient in one.recipients]
    return "; ".join(rules) or str(one.purpose.kept), "; ".join(out) or _("nobody")


def _rule(rule: Rule) -> str:
    told = _("%(what)s: after %(months)s months: %(act)s") % {
        "what": rule.category.label,
        "months": rule.kept.months,
        "act": rule.shipped.act.label,
    }
    off = _("%(rule)s (rule is off: kept as long as the record)") % {"rule": told}
    return told if rule.kept.is_on else off


def _recipient(one: Recipient, activity: Activity) -> str:
    """Return whom it is, where, and which fields he gets."""
    labels = [field.label for field in activity.fields if field.key in one.gets]
    whom = {"name": one.name, "place": one.place, "fields": _(", ").join(labels)}
    return _("%(name)s (%(place)s): %(fields)s") % whom


def _line(kept: Kept) -> list[str]:
    """Return record, field, class, who reads it clear, who covered, and what protects it."""
    return [
        str(kept.policy.label),
        kept.label,
        str(CLASSES[kept.privacy]),
        _(", ").join(kept.clear),
        _(", ").join(kept.covered),
        _(", ").join(kept.guards),
    ]
