"""The pages of opportunities: list, board, one, its dialogs, and the outlook."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.queries.customer import bare_customer, customer
from guanxi.foundation.audit import history
from guanxi.foundation.clock import now, today
from guanxi.foundation.errors import Conflict, NotVisible, Refused
from guanxi.foundation.policies import may, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import key_of
from guanxi.identity.queries import user_names
from guanxi.sales.commands.opportunity import (
    assign_opportunity,
    change_opportunity,
    create_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    restore_opportunity,
    trash_opportunity,
    win_opportunity,
)
from guanxi.sales.forms.base import RecordForm, plain
from guanxi.sales.forms.opportunity import (
    AssignForm,
    LostForm,
    MoveForm,
    OpportunityForm,
    WonForm,
)
from guanxi.sales.models import Opportunity
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries import opportunity as queries
from guanxi.sales.queries.product import product, products_like
from guanxi.sales.rules.opportunity import LostReason, OpportunityState
from guanxi.sales.tables import OPPORTUNITIES
from guanxi.sales.views.objection import may_object, told_objections
from guanxi.sales.views.request import StaffRequest

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.sales.models import Product


class Linked(TypedDict, total=False):
    """What an opportunity points at."""

    customer: "Customer | None"
    product: "Product | None"


PANEL_ROWS, TRASH_ROWS, LOOKUP_ROWS = 5, 100, 8


@login_required
def opportunities(request: StaffRequest) -> HttpResponse:
    """Show the list of opportunities."""
    return table_page(request, OPPORTUNITIES)


@login_required
@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """Show the open opportunities of a pipeline as cards in the columns of its stages."""
    require(request.user, "opportunity.read")
    known = queries.pipelines()
    asked = key_of(request.GET.get("pipeline", ""))
    if not known:
        raise NotVisible
    of = next((one for one in known if one.pk == asked), known[0])
    mine = request.GET.get("mine") == "1"
    text = request.GET.get("q", "").strip()
    readable = OPPORTUNITY.readable(request.user)
    context = {
        "pipelines": known,
        "pipeline": of,
        "columns": queries.board(request.user, of, mine=mine, text=text),
        "mine": mine,
        "text": text,
        "readable": readable,
        "currency": settings.CURRENCY,
        "may_edit": allowed(request.user, "opportunity.edit"),
        "may_create": allowed(request.user, "opportunity.create"),
    }
    return render(request, "sales/opportunity_board.html", context)


@login_required
@require_GET
def outlook(request: StaffRequest) -> HttpResponse:
    """Show what the open opportunities come to, by month and by owner, weighted."""
    require(request.user, "opportunity.read")
    sees = "amount" in OPPORTUNITY.readable(request.user)
    by_owner = queries.outlook_by_owner(request.user) if sees else {}
    names = user_names([pk for pk in by_owner if pk])
    owners = [(names.get(pk or 0, ""), *sums) for pk, sums in by_owner.items()]
    context = {
        "sees_amounts": sees,
        "months": queries.outlook(request.user) if sees else [],
        "owners": sorted(owners, key=lambda one: -one[3]),
        "currency": settings.CURRENCY,
    }
    return render(request, "sales/opportunity_outlook.html", context)


@login_required
@require_GET
def opportunity(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one opportunity, where it stands, and what was done."""
    found = queries.opportunity(request.user, pk)
    context = {
        "opportunity": found,
        "customer_name": _customer_name(request, found),
        "product_name": _product_name(request, found),
        "stages": queries.stages(found.stage.pipeline),
        "readable": OPPORTUNITY.readable(request.user),
        "is_open": found.state == OpportunityState.OPEN,
        "may_edit": may(request.user, "opportunity.edit", found),
        "may_assign": may(request.user, "opportunity.assign", found),
        "may_delete": may(request.user, "opportunity.delete", found),
        "objections": told_objections(request, found),
        "may_object": may_object(request, found),
        "history": history(request.user, "opportunity", found.pk),
    }
    return render(request, "sales/opportunity_detail.html", context)


@login_required
@require_GET
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the opportunities of one customer, as a panel of its page."""
    party = bare_customer(request.user, pk)
    rows = list(queries.opportunities_of(request.user, pk)[: PANEL_ROWS + 1])
    context = {
        "customer": party,
        "opportunities": rows[:PANEL_ROWS],
        "has_more": len(rows) > PANEL_ROWS,
        "readable": OPPORTUNITY.readable(request.user),
        "may_create": may(request.user, "opportunity.create"),
    }
    return render(request, "sales/_opportunities_of_customer.html", context)


@login_required
def new_opportunity(request: StaffRequest) -> HttpResponse:
    """Show the form of a new opportunity; record it when it is sent."""
    require(request.user, "opportunity.create")
    initial: dict[str, object] = {
        "customer": key_of(request.GET.get("customer", "")),
        "stage": key_of(request.GET.get("stage", "")) or queries.first_stage().pk,
    }
    form = OpportunityForm(request.POST or None, viewer=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_opportunity(
                request.user,
                stage=form.cleaned_data["stage"],
                at=now(),
                **_linked(request, form),
                **form.facts(),
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The opportunity is recorded."))
            return redirect("sales:opportunity", made.pk)
    return _form_page(request, form)


@login_required
def edit_opportunity(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the form of an opportunity; change it when it is sent."""
    found = queries.opportunity(request.user, pk)
    require(request.user, "opportunity.edit", found)
    form = OpportunityForm(request.POST or None, viewer=request.user, found=found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            change_opportunity(
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
            messages.success(request, _("The opportunity is changed."))
            return redirect("sales:opportunity", pk)
    return _form_page(request, form, found, status=status)


@login_required
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an opportunity to another stage; ask for what that one needs."""
    found = queries.opportunity(request.user, pk)
    require(request.user, "opportunity.edit", found)
    form = MoveForm(request.POST or None, viewer=request.user, found=found)
    before = found.stage_id

    def act() -> None:
        stage = form.cleaned_data["stage"]
        move_opportunity(
            request.user, found, stage_id=stage.pk, at=now(), **form.facts()
        )
        undo = f"{reverse('sales:move_back', args=[pk, before])}?{_from(request)}"
        told = _("“%(name)s” is now at “%(stage)s”.") % {
            "name": found.name,
            "stage": stage,
        }
        messages.success(request, told, extra_tags=undo)

    labels = _("Move to another stage"), pgettext("opportunity", "Move")
    return _dialog(request, found, form, labels, act)


@login_required
@require_POST
def move_back(request: StaffRequest, pk: int, stage: int) -> HttpResponse:
    """Undo a move."""
    found = queries.opportunity(request.user, pk)
    move_opportunity(request.user, found, stage_id=stage, at=now())
    messages.success(request, _("The move is taken back."))
    return _returned(request, found)


@login_required
def win(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for how much, and close an opportunity as won."""
    found = queries.opportunity(request.user, pk)
    require(request.user, "opportunity.edit", found)
    first: dict[str, Any] = {"closed_on": today(get_default_timezone())}
    if found.amount is not None and "amount" in OPPORTUNITY.readable(request.user):
        first["amount"] = plain(found.amount)
    form = WonForm(request.POST or None, viewer=request.user, initial=first)

    def act() -> None:
        clean = form.cleaned_data
        win_opportunity(
            request.user,
            found,
            amount=clean.get("amount"),
            closed_on=clean["closed_on"],
            note=clean["close_note"],
            at=now(),
        )
        undo = reverse("sales:reopen_opportunity", args=[pk])
        messages.success(request, _("Won. Congratulations!"), extra_tags=undo)

    return _dialog(
        request, found, form, (_("Close as won"), pgettext("opportunity", "Won")), act
    )


@login_required
def lose(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why, and close an opportunity as lost."""
    found = queries.opportunity(request.user, pk)
    require(request.user, "opportunity.edit", found)
    first = {"closed_on": today(get_default_timezone())}
    form = LostForm(request.POST or None, initial=first)

    def act() -> None:
        clean = form.cleaned_data
        lose_opportunity(
            request.user,
            found,
            reason=LostReason(clean["lost_reason"]),
            closed_on=clean["closed_on"],
            note=clean["close_note"],
            at=now(),
        )
        undo = reverse("sales:reopen_opportunity", args=[pk])
        messages.success(request, _("The opportunity is closed."), extra_tags=undo)

    return _dialog(
        request,
        found,
        form,
        (_("Close as lost"), pgettext("opportunity", "Close")),
        act,
    )


@login_required
@require_POST
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Open a closed opportunity again."""
    reopen_opportunity(request.user, queries.opportunity(request.user, pk), at=now())
    messages.success(request, _("The opportunity is open again."))
    return redirect("sales:opportunity", pk)


@login_required
def assign(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask who pursues an opportunity from now on."""
    found = queries.opportunity(request.user, pk)
    require(request.user, "opportunity.assign", found)
    form = AssignForm(
        request.POST or None, viewer=request.user, initial={"owner": found.owner_id}
    )

    def act() -> None:
        assign_opportunity(request.user, found, form.cleaned_data["owner"], at=now())
        messages.success(request, _("The opportunity is assigned."))

    return _dialog(request, found, form, (_("Assign"), _("Assign")), act)


@login_required
@require_POST
def trash(request: StaffRequest, pk: int) -> HttpResponse:
    """Put an opportunity into the trash; can be undone."""
    found = queries.opportunity(request.user, pk)
    trash_opportunity(request.user, found, at=now())
    undo = reverse("sales:restore_opportunity", args=[pk])
    told = _("%(name)s is in the trash.") % {"name": found.name}
    messages.success(request, told, extra_tags=undo)
    return redirect("sales:opportunities")


@login_required
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an opportunity out of the trash."""
    found = queries.opportunity(request.user, pk)
    restore_opportunity(request.user, found, at=now())
    messages.success(request, _("%(name)s is back.") % {"name": found.name})
    return redirect("sales:opportunity", pk)


@login_required
@require_GET
def trashed(request: StaffRequest) -> HttpResponse:
    """Show the opportunities in the trash."""
    require(request.user, "opportunity.delete")
    rows = queries.trashed_opportunities(request.user)[:TRASH_ROWS]
    return render(request, "sales/opportunity_trash.html", {"opportunities": rows})


@login_required
@require_GET
def product_choice(request: StaffRequest, pk: int) -> HttpResponse:
    """Return the chosen product of the form, or with 0 the search for one."""
    chosen = product(request.user, pk) if pk else None
    return render(request, "sales/_product_choice.html", {"product": chosen})


@login_required
@require_GET
def product_options(request: StaffRequest) -> HttpResponse:
    """Return the products on offer that match what is being typed, to choose one."""
    text = request.GET.get("product_query", "").strip()
    found = products_like(request.user, text)[:LOOKUP_ROWS] if text else []
    context = {"products": found, "query": text}
    return render(request, "sales/_product_options.html", context)


def _form_page(
    request: StaffRequest,
    form: OpportunityForm,
    found: Opportunity | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    pk = key_of(str(form["customer"].value() or ""))
    context: dict[str, Any] = {
        "form": form,
        "opportunity": found,
        "customer": customer(request.user, pk) if pk is not None else None,
    }
    if "product" in form.fields:
        key = key_of(str(form["product"].value() or ""))
        chosen = product(request.user, key) if key is not None else None
        context |= {"asks_product": True, "product": chosen}
    status = 422 if form.errors and status == 200 else status
    return render(request, "sales/opportunity_form.html", context, status=status)


def _linked(request: StaffRequest, form: OpportunityForm) -> "Linked":
    """Return customer and product that the form names, as far as the viewer sees them."""
    pk = form.cleaned_data["customer"]
    found: Linked = {"customer": customer(request.user, pk) if pk else None}
    if "product" in form.fields:
        key = form.cleaned_data["product"]
        found["product"] = product(request.user, key) if key else None
    return found


def _customer_name(request: StaffRequest, found: Opportunity) -> str:
    if found.customer is None:
        return ""
    return OPPORTUNITY.shown(request.user, "customer", found.customer.name)


def _product_name(request: StaffRequest, found: Opportunity) -> str:
    if found.product is None:
        return ""
    return OPPORTUNITY.shown(request.user, "product", found.product.name)


def _dialog(
    request: StaffRequest,
    found: Opportunity,
    form: RecordForm,
    labels: tuple[str, str],
    act: Callable[[], None],
) -> HttpResponse:
    """Show ``form``; when it is sent, ``act`` and return to where it was asked."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            return _returned(request, found)
    title, submit_label = labels
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "title": title,
        "opportunity": found,
        "form": form,
        "submit_label": submit_label,
    }
    status = 422 if form.errors else 200
    return render(request, "sales/opportunity_dialog.html", context, status=status)


def _from(request: StaffRequest) -> str:
    return "board=1" if request.GET.get("board") == "1" else ""


def _returned(request: StaffRequest, found: Opportunity) -> HttpResponse:
    """Return to the board if one came from there, else to the opportunity."""
    if _from(request):
        return redirect(f"{reverse('sales:board')}?pipeline={found.stage.pipeline_id}")
    return redirect("sales:opportunity", found.pk)
