"""Create and change customers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.customer import (
    ChangedMeanwhile,
    change_customer,
    create_customer,
    facts_as_text,
)
from guanxi.customers.forms.customer import CustomerForm
from guanxi.customers.forms.point import PointForm, PointForms
from guanxi.customers.models import Customer
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import address_of, customer, points_of
from guanxi.customers.queries.duplicate import Duplicate, duplicates
from guanxi.customers.rules import KIND_SCHEMES, Form, PointKind, State
from guanxi.customers.rules.duplicate import Likeness
from guanxi.customers.rules.identifier import IdKind
from guanxi.customers.rules.name import names_company
from guanxi.customers.rules.point import normal_point, plain_place
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.identifiers import plain_identifier
from guanxi.foundation.policies import require


@login_required
def new_customer(request: StaffRequest) -> HttpResponse:
    """Ask for a new customer; likely duplicates must be looked at before it is kept."""
    require(request.user, "customer.create")
    data = request.POST or None
    form = CustomerForm(data, viewer=request.user)
    if "name" not in form.fields:
        raise Denied("customer.name")
    points = PointForms(data, viewer=request.user, is_new=True)
    made: list[Customer] = []
    alike: list[Duplicate] = []
    if data is not None and points.is_valid() and form.is_valid():
        alike = [] if "anyway" in data else _alike(request, form, points)
        if not alike and accepted(
            form, lambda: made.append(_create(request, form, points))
        ):
            messages.success(request, _("The customer is created."))
            return redirect("customers:customer", made[0].pk)
    instead = _organization_instead(form) if alike else ""
    return _page(request, form, points, duplicates=alike, organization=instead)


@login_required
def edit_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a customer; what others changed meanwhile is not overwritten unseen."""
    found = customer(request.user, pk)
    require(request.user, "customer.edit", found)
    data = request.POST or None
    form = CustomerForm(
        data, viewer=request.user, customer=found, address=address_of(found)
    )
    points = PointForms(
        data, viewer=request.user, points=points_of(found), is_new=False
    )
    if data is None:
        shown = {pk: _opened(form, points)}
        record_shown(request.user, CUSTOMER, shown, at=now())
    version = form["version"].value()
    if data is not None and points.is_valid() and form.is_valid():
        try:
            _change(request, found, form, points)
        except ChangedMeanwhile as conflict:
            _show_conflict(form, found, conflict)
            version = found.version
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Saved"))
            return redirect("customers:customer", pk)
    return _page(request, form, points, customer=found, version=version)


@login_required
@require_GET
def new_point(request: StaffRequest, kind: str) -> HttpResponse:
    """Return one more empty row for a contact point."""
    if kind not in PointKind.values:
        raise NotVisible
    row = PointForm(kind=PointKind(kind))
    return render(request, "customers/_point.html", {"row": row})


@login_required
@require_GET
def no_point(request: StaffRequest) -> HttpResponse:
    """Return nothing, in place of a row that is taken away."""
    return HttpResponse()


@login_required
@require_POST
def duplicates_of_form(request: StaffRequest) -> HttpResponse:
    """Return a warning when what is being typed looks like somebody we have."""
    require(request.user, "customer.create")
    form = CustomerForm(request.POST, viewer=request.user)
    points = PointForms(request.POST, viewer=request.user, is_new=True)
    form.is_valid()
    points.is_valid()
    context = {
        "duplicates": _alike(request, form, points),
        "organization": _organization_instead(form),
    }
    return render(request, "customers/_duplicates.html", context)


def _alike(
    request: StaffRequest, form: CustomerForm, points: PointForms
) -> list[Duplicate]:
    clean = form.cleaned_data
    candidate = Likeness(
        form=Form(clean.get("form") or Form.PERSON),
        name=clean.get("name", ""),
        city=plain_place(clean.get("city", "")),
        points=frozenset(_reaches(points)),
        source=clean.get("source", ""),
        external_id=clean.get("external_id", ""),
        id_number=clean.get("id_number", ""),
        bank_card=clean.get("bank_card", ""),
        credit_code=plain_identifier(clean.get("credit_code", "")),
        birth_on=clean.get("birth_on"),
    )
    return list(duplicates(request.user, candidate))


def _organization_instead(form: CustomerForm) -> str:
    """Return the id of the choice of an organization, if a company is typed as a person."""
    clean = form.cleaned_data
    if clean.get("form") != Form.PERSON or not names_company(clean.get("name", "")):
        return ""
    choices = {choice.data["value"]: choice for choice in form["form"]}
    return choices[Form.ORGANIZATION].id_for_label


def _reaches(points: PointForms) -> list[tuple[str, str]]:
    """Return kind and value of the rows that are in order, whatever the others are."""
    found = []
    for row in points.rows:
        text = row.cleaned_data.get("text")
        if text:
            found.append((row.kind.value, normal_point(row.kind, text).value))
    return found


def _opened(form: CustomerForm, points: PointForms) -> dict[str, object]:
    """Return what the opened form of a customer tells, by the fields of the policy."""
    values = {name: form.initial.get(name) for name in form.fields}
    reaches = {point.kind.value: point.text for point in points.opened}
    return {**values, **reaches, "address": values.get("street")}


def _create(request: StaffRequest, form: CustomerForm, points: PointForms) -> Customer:
    clean = form.cleaned_data
    return create_customer(
        request.user,
        at=now(),
        state=State(clean.get("state") or State.POTENTIAL),
        owner=form.chosen_owner(),
        points=points.points(),
        place=form.place() or None,
        tags=clean.get("tags", []),
        extra=form.extra(),
        **form.facts(),
    )


def _change(
    request: StaffRequest, found: Customer, form: CustomerForm, points: PointForms
) -> Customer:
    touched = _whole_document(form.touched())
    return change_customer(
        request.user,
        found,
        version=form.cleaned_data["version"],
        at=now(),
        points=points.points() if points.is_touched else None,
        place=form.parts(touched),
        tags=form.cleaned_data["tags"] if "tags" in touched else None,
        extra={name: v for name, v in form.extra().items() if name in touched},
        **{name: value for name, value in form.facts().items() if name in touched},
    )


def _whole_document(touched: frozenset[str]) -> frozenset[str]:
    """Return ``touched`` with the kind of a document whose number is: they go together."""
    return touched | {"id_kind"} if "id_number" in touched else touched


def _show_conflict(
    form: CustomerForm, found: Customer, conflict: ChangedMeanwhile
) -> None:
    """Say at each field what others made of it; saving again is meant knowingly."""
    form.add_error(None, conflict.message)
    present = _as_read(found)
    for name in conflict.fields:
        told = {"field": CUSTOMER.fields[name].label, "value": present[name] or "–"}
        if name in form.fields:
            form.add_error(name, _("Now it says: %(value)s") % told)
        else:
            form.add_error(None, _("%(field)s, now it says: %(value)s") % told)


def _as_read(found: Customer) -> dict[str, str]:
    """Return what the form of ``found`` would say now, by the fields of the policy."""
    points, address = points_of(found), address_of(found)
    reaches = {
        kind.value: [point.shown for point in points if point.kind == kind]
        for kind in PointKind
    }
    return {
        **facts_as_text(found),
        **{s.key: s.shown(found.extra.get(s.key)) for s in custom_fields()},
        **{kind: _(", ").join(shown) for kind, shown in reaches.items()},
        "id_kind": str(IdKind(found.id_kind).label) if found.id_kind else "",
        **{scheme: str(getattr(found, scheme) or "") for scheme in KIND_SCHEMES},
        "form": str(Form(found.form).label),
        "is_key": _("yes") if found.is_key else _("no"),
        "address": " ".join(filter(None, (address.street, address.postcode)))
        if address
        else "",
        "tags": _(", ").join(tag.name for tag in found.tags.order_by("name")),
    }


def _page(
    request: StaffRequest, form: CustomerForm, points: PointForms, **more: object
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "points": points, **more}
    return render(request, "customers/customer_form.html", context, status=status)
