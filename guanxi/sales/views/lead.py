"""The pages of leads: list, public pool, one lead, and its dialogs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.queries.customer import bare_customer, customer
from guanxi.customers.rules.investment import ContactMode
from guanxi.foundation.audit import history
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.policies import may, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import key_of
from guanxi.sales.commands.lead import (
    assign_lead,
    change_lead,
    claim_lead,
    contact_lead,
    create_lead,
    discard_lead,
    release_lead,
    reopen_lead,
    restore_lead,
    trash_lead,
)
from guanxi.sales.commands.lead_conversion import NewDeal, convert_lead
from guanxi.sales.commands.lead_rule import distribute_leads
from guanxi.sales.forms.base import RecordForm, plain
from guanxi.sales.forms.lead import (
    ContactForm,
    ConvertForm,
    DiscardForm,
    GiveForm,
    LeadForm,
)
from guanxi.sales.models import Lead
from guanxi.sales.policies import LEAD
from guanxi.sales.queries import lead as queries
from guanxi.sales.queries.opportunity import first_stage
from guanxi.sales.queries.product import product
from guanxi.sales.rules.lead import TEST, DiscardReason
from guanxi.sales.tables import LEAD_POOL, LEADS
from guanxi.sales.views.request import StaffRequest

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.sales.models import Product

PANEL_ROWS, TRASH_ROWS, DISTRIBUTED_AT_ONCE = 5, 100, 1000
NEW = "new"


class Linked(TypedDict, total=False):
    """What a lead points at."""

    product: "Product | None"
    referrer: "Customer | None"


@login_required
def leads(request: StaffRequest) -> HttpResponse:
    """Show the list of leads."""
    return table_page(request, LEADS)


@login_required
def lead_pool(request: StaffRequest) -> HttpResponse:
    """Show the leads that nobody looks after, without their names."""
    require(request.user, "lead.claim")
    return table_page(request, LEAD_POOL)


@login_required
@require_POST
def distribute(request: StaffRequest) -> HttpResponse:
    """Give out by the rules what lies in the pool and was never given."""
    require(request.user, "lead.assign")
    count = distribute_leads(request.user, at=now(), most=DISTRIBUTED_AT_ONCE)
    told = _("%(count)s leads are given out by the rules.") % {"count": count}
    (messages.success if count else messages.info)(request, told)
    return redirect("sales:lead_pool")


@login_required
@require_GET
def lead(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one lead, the test of a potential customer, and what was done."""
    found = queries.lead(request.user, pk)
    may_edit = may(request.user, "lead.edit", found)
    context = {
        "lead": found,
        "readable": LEAD.readable(request.user),
        "test": [(label, getattr(found, key)) for key, label in TEST.items()],
        "referrer_name": _name_of(request, "referrer", found.referrer),
        "customer_name": _name_of(request, "customer", found.customer),
        "may_edit": may_edit,
        "may_claim": found.owner_id is None and allowed(request.user, "lead.claim"),
        "may_assign": may(request.user, "lead.assign", found),
        "may_delete": may(request.user, "lead.delete", found),
        "twins": queries.twins(request.user, found) if found.is_open else [],
        "history": history(request.user, "lead", found.pk),
    }
    return render(request, "sales/lead_detail.html", context)


@login_required
@require_GET
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the leads that became a customer, or that it referred, as a panel."""
    party = bare_customer(request.user, pk)
    rows = list(queries.converted_from(request.user, pk)[: PANEL_ROWS + 1])
    context = {
        "customer": party,
        "leads": rows[:PANEL_ROWS],
        "may_create": may(request.user, "lead.create"),
    }
    return render(request, "sales/_leads_of_customer.html", context)


@login_required
def new_lead(request: StaffRequest) -> HttpResponse:
    """Show the form of a new lead; record it when it is sent."""
    require(request.user, "lead.create")
    referrer = key_of(request.GET.get("referrer", ""))
    initial: dict[str, object] = {"is_mine": True, "customer": referrer}
    if referrer:
        initial["origin"] = "referral"
    form = LeadForm(request.POST or None, viewer=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_lead(
                request.user,
                at=now(),
                is_mine=form.cleaned_data["is_mine"],
                **_linked(request, form),
                **form.facts(),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            return _recorded(request, made)
    return _form_page(request, form)


@login_required
def edit_lead(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the form of a lead; change it when it is sent."""
    found = queries.lead(request.user, pk)
    require(request.user, "lead.edit", found)
    form = LeadForm(request.POST or None, viewer=request.user, found=found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            change_lead(
                request.user,
                found,
                version=form.cleaned_data["version"] or 0,
                at=now(),
                **_linked(request, form),
                **form.facts(),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, _("The lead is changed."))
            return redirect("sales:lead", pk)
    return _form_page(request, form, found, status=status)


@login_required
@require_POST
def claim(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a lead out of the pool for oneself."""
    try:
        claim_lead(request.user, pk, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("sales:lead_pool")
    messages.success(request, _("The lead is yours. Get in touch soon."))
    return redirect("sales:lead", pk)


@login_required
def contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what came of a contact, and log it."""
    found = queries.lead(request.user, pk)
    require(request.user, "lead.edit", found)
    form = ContactForm(request.POST or None)

    def act() -> None:
        clean = form.cleaned_data
        contact_lead(
            request.user,
            found,
            mode=ContactMode(clean["mode"]),
            note=clean["note"],
            next_on=clean["next_on"],
            at=now(),
        )
        messages.success(request, _("The contact is logged."))

    return _dialog(request, found, form, (_("Log a contact"), _("Log")), act)


@login_required
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why a lead comes to nothing, and close it."""
    found = queries.lead(request.user, pk)
    require(request.user, "lead.edit", found)
    form = DiscardForm(request.POST or None)

    def act() -> None:
        clean = form.cleaned_data
        reason = DiscardReason(clean["reason"])
        discard_lead(request.user, found, reason=reason, note=clean["note"], at=now())
        undo = reverse("sales:reopen_lead", args=[pk])
        messages.success(request, _("The lead is closed."), extra_tags=undo)

    labels = _("Close the lead"), pgettext("lead", "Close")
    return _dialog(request, found, form, labels, act)


@login_required
def assign(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask who looks after a lead from now on."""
    found = queries.lead(request.user, pk)
    require(request.user, "lead.assign", found)
    first = {"owner": found.owner_id}
    form = GiveForm(request.POST or None, viewer=request.user, initial=first)

    def act() -> None:
        assign_lead(request.user, found, form.cleaned_data["owner"], at=now())
        messages.success(request, _("The lead is assigned."))

    return _dialog(request, found, form, (_("Assign"), _("Assign")), act)


@login_required
def convert(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask whom a lead becomes, and make it so."""
    found = queries.lead(request.user, pk)
    require(request.user, "lead.edit", found)
    twins = queries.twins(request.user, found)
    into = [(str(one.customer.pk), _as_twin(one.customer)) for one in twins]
    if allowed(request.user, "customer.create") and not found.failed:
        told = _("A new potential customer: %(name)s")
        into.append((NEW, told % {"name": found.company or found.name}))
    form = ConvertForm(
        request.POST or None,
        into=into,
        may_deal=allowed(request.user, "opportunity.create"),
        initial={
            "into": into[0][0] if into else "",
            "deal": _deal_name(found),
            "stage": first_stage().pk,
            "amount": "" if found.amount is None else plain(found.amount),
        },
    )

    def act() -> None:
        clean = form.cleaned_data
        chosen = clean["into"]
        convert_lead(
            request.user,
            found,
            customer=None if chosen == NEW else customer(request.user, int(chosen)),
            deal=NewDeal(
                clean["deal"], clean["stage"], clean["amount"], clean["expected_on"]
            )
            if clean.get("with_deal")
            else None,
            at=now(),
        )
        messages.success(request, _("The lead has become a customer."))

    labels = _("Convert the lead"), pgettext("lead", "Convert")
    missing = [str(TEST[key]) for key in found.failed]
    return _dialog(request, found, form, labels, act, missing=missing, into=into)


@login_required
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a lead back into the pool."""
    found = queries.lead(request.user, pk)
    return _posted(
        request,
        found,
        lambda: release_lead(request.user, found, at=now()),
        _("The lead is in the public pool."),
    )


@login_required
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Open a discarded lead again."""
    found = queries.lead(request.user, pk)
    return _posted(
        request,
        found,
        lambda: reopen_lead(request.user, found, at=now()),
        _("The lead is open again."),
    )


@login_required
@require_POST
def trash(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a lead into the trash; can be undone."""
    found = queries.lead(request.user, pk)
    trash_lead(request.user, found, at=now())
    undo = reverse("sales:restore_lead", args=[pk])
    messages.success(request, _("The lead is in the trash."), extra_tags=undo)
    return redirect("sales:leads")


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a lead out of the trash."""
    found = queries.lead(request.user, pk)
    restore_lead(request.user, found, at=now())
    messages.success(request, _("The lead is back."))
    return redirect("sales:lead", pk)


@login_required
@require_GET
def trashed(request: StaffRequest) -> HttpResponse:
    """Show the leads in the trash."""
    require(request.user, "lead.delete")
    rows = queries.trashed_leads(request.user)[:TRASH_ROWS]
    return render(request, "sales/lead_trash.html", {"leads": rows})


def _recorded(request: StaffRequest, made: Lead) -> HttpResponse:
    """Tell where a new lead went; show it to who sees it."""
    if LEAD.reaches(request.user, "read", made):
        messages.success(request, _("The lead is recorded."))
        return redirect("sales:lead", made.pk)
    messages.success(request, _("The lead is recorded, and given to a colleague."))
    return redirect("sales:leads")


def _form_page(
    request: StaffRequest,
    form: LeadForm,
    found: Lead | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "lead": found}
    if "product" in form.fields:
        key = key_of(str(form["product"].value() or ""))
        chosen = product(request.user, key) if key is not None else None
        context |= {"asks_product": True, "product": chosen}
    if "customer" in form.fields:
        key = key_of(str(form["customer"].value() or ""))
        referrer = customer(request.user, key) if key is not None else None
        context |= {"asks_referrer": True, "customer": referrer}
    status = 422 if form.errors and status == 200 else status
    return render(request, "sales/lead_form.html", context, status=status)


def _linked(request: StaffRequest, form: LeadForm) -> Linked:
    """Return product and referrer that the form names, as far as the viewer sees them."""
    found: Linked = {}
    if "product" in form.fields:
        key = form.cleaned_data["product"]
        found["product"] = product(request.user, key) if key else None
    if "customer" in form.fields:
        key = form.cleaned_data["customer"]
        found["referrer"] = customer(request.user, key) if key else None
    return found


def _name_of(request: StaffRequest, field: str, party: "Customer | None") -> str:
    return LEAD.shown(request.user, field, party.name) if party else ""


def _as_twin(party: "Customer") -> str:
    place = f" · {party.city}" if party.city else ""
    told = _("Customer there already: %(name)s%(place)s")
    return told % {"name": party.name, "place": place}


def _deal_name(found: Lead) -> str:
    name = found.company or found.name
    return f"{name} · {found.product.name}" if found.product else name


def _posted(
    request: StaffRequest, found: Lead, act: Callable[[], object], told: str
) -> HttpResponse:
    """Act, and show the lead again, or the list to who does not see it any more."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("sales:lead", found.pk)
    messages.success(request, told)
    found.refresh_from_db()
    if LEAD.reaches(request.user, "read", found):
        return redirect("sales:lead", found.pk)
    return redirect("sales:leads")


def _dialog(
    request: StaffRequest,
    found: Lead,
    form: RecordForm,
    labels: tuple[str, str],
    act: Callable[[], None],
    **more: object,
) -> HttpResponse:
    """Show ``form``; when it is sent, ``act`` and show the lead, or the list without it."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            found.refresh_from_db()
            if LEAD.reaches(request.user, "read", found):
                return redirect("sales:lead", found.pk)
            return redirect("sales:leads")
    title, submit_label = labels
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "title": title,
        "lead": found,
        "form": form,
        "submit_label": submit_label,
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "sales/lead_dialog.html", context, status=status)
