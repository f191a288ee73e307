"""Small questions about one customer or several: reveal, tags, relations, owner."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.life_stage import set_life_stage
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.commands.relation import add_relation, remove_relation
from guanxi.customers.commands.reveal import reveal_field
from guanxi.customers.commands.tag import require_writable_tags, set_tags
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.forms.segment import SegmentChoiceForm
from guanxi.customers.forms.small import (
    AssignForm,
    CustomerTagsForm,
    RelationForm,
    RevealForm,
    StageForm,
    TagsForm,
    TargetForm,
)
from guanxi.customers.policies import CUSTOMER, is_revealable
from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.search import customers_like
from guanxi.customers.rules import LifeStage
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.identity.queries import user

RESULTS = 8
MOST_SELECTED = 1000


@login_required
def reveal(request: StaffRequest, pk: int, field: str) -> HttpResponse:
    """Ask why a masked value is needed, record it, and show the value."""
    if not is_revealable(field):
        raise NotVisible
    found = customer(request.user, pk)
    require(request.user, "customer.reveal", found)
    form = RevealForm(request.POST or None)
    values: list[str] = []

    def show() -> None:
        reason = form.cleaned_data["reason"]
        values.extend(reveal_field(request.user, found, field, reason=reason, at=now()))

    is_shown = accepted(form, show)
    label = CUSTOMER.fields[field].label
    return dialog(
        request,
        form,
        _("Show in clear: %(field)s") % {"field": label},
        _("Show"),
        template="customers/reveal.html",
        customer=found,
        is_shown=is_shown,
        values=values,
    )


@login_required
def tags(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the tags of a customer."""
    found = customer(request.user, pk)
    require(request.user, "customer.edit", found)
    require_writable_tags(request.user)
    present = _(", ").join(found.tags.order_by("name").values_list("name", flat=True))
    shown = {"tags": present, "seen": present}
    form = CustomerTagsForm(request.POST or None, initial=shown)

    def change() -> None:
        clean = form.cleaned_data
        set_tags(request.user, found, clean["tags"], seen=clean["seen"], at=now())

    if accepted(form, change):
        return redirect("customers:customer", pk)
    return dialog(request, form, _("Tags"), _("Save"), customer=found)


@login_required
def stage(request: StaffRequest, pk: int) -> HttpResponse:
    """Set the life-cycle stage of a customer, or leave it to analysis."""
    found = customer(request.user, pk)
    require(request.user, "customer.edit", found)
    if "life_stage" not in CUSTOMER.readable(request.user):
        raise NotVisible
    present = found.traits.life_stage if found.traits.is_stage_set else ""
    form = StageForm(request.POST or None, initial={"stage": present})

    def change() -> None:
        chosen = form.cleaned_data["stage"]
        wanted = LifeStage(chosen) if chosen else None
        set_life_stage(request.user, found, wanted, at=now())
        if wanted is None:
            told = _("Analysis finds the stage again with its next run.")
            messages.success(request, told)

    if accepted(form, change):
        return redirect("customers:customer", pk)
    return dialog(
        request, form, _("Set the life-cycle stage"), _("Save"), customer=found
    )


@login_required
def owner(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a customer to a colleague; can be undone by who may know whose it was."""
    found = customer(request.user, pk)
    require(request.user, "customer.assign", found)
    is_told = "owner" in CUSTOMER.readable(request.user)
    before = found.owner_id if is_told else None
    form = AssignForm(
        request.POST or None, viewer=request.user, initial={"owner": before}
    )

    def assign() -> None:
        chosen = form.cleaned_data["owner"]
        assign_customers(request.user, [found], chosen, at=now())
        back = before and reverse("customers:owner_back", args=[pk, before])
        undo = back and f"{back}?given={chosen.pk}"
        told = _("Assigned to %(name)s.") % {"name": chosen.name}
        messages.success(request, told, extra_tags=undo or "")

    if accepted(form, assign):
        return redirect("customers:customers")
    return dialog(request, form, _("Assign"), _("Assign"), customer=found)


@login_required
@require_POST
def owner_back(request: StaffRequest, pk: int, owner_id: int) -> HttpResponse:
    """Give a customer back to who had it, unless it has changed hands again."""
    found = customer(request.user, pk)
    given = request.GET.get("given")
    if given is not None and given != str(found.owner_id):
        text = _("The customer has changed hands again meanwhile and stays there.")
        messages.warning(request, text)
        return redirect("customers:customer", pk)
    assign_customers(request.user, [found], user(request.user, owner_id), at=now())
    return redirect("customers:customer", pk)


@login_required
@require_GET
def assign_form(request: StaffRequest) -> HttpResponse:
    """Ask to whom the selected customers are given; the list then does it."""
    require(request.user, "customer.assign")
    form = AssignForm(viewer=request.user)
    return _bulk_dialog(request, form, "assign", _("Assign"))


@login_required
@require_GET
def tag_form(request: StaffRequest) -> HttpResponse:
    """Ask which tags the selected customers get; the list then adds them."""
    require(request.user, "customer.edit")
    return _bulk_dialog(request, TagsForm(), "tag", _("Add tags"))


@login_required
@require_GET
def target_form(request: StaffRequest) -> HttpResponse:
    """Ask why the selected customers are targets; the list then makes them so."""
    require(request.user, "customer.edit")
    form = TargetForm(viewer=request.user)
    return _bulk_dialog(request, form, "target", _("Make target customers"))


@login_required
@require_GET
def targets(request: StaffRequest) -> HttpResponse:
    """Lead to the list of the target customers, with reason and owner."""
    require(request.user, "customer.read")
    asked = {"where": "state.eq.target", "cols": "name,owner,target_reason,city,phone"}
    return redirect(f"{reverse('customers:customers')}?{urlencode(asked)}")


@login_required
@require_GET
def ownerless(request: StaffRequest) -> HttpResponse:
    """Lead to the list of the customers for whom nobody is responsible, to assign them."""
    require(request.user, "customer.assign")
    asked = {
        "where": "responsible.in.(none,left)",
        "cols": "name,owner,team,state,order_total,last_order_on,city,created_at",
    }
    return redirect(f"{reverse('customers:customers')}?{urlencode(asked)}")


@login_required
def segment_choice(request: StaffRequest) -> HttpResponse:
    """Ask into which segment the selected customers are put; the list then does it."""
    require(request.user, "segment.edit")
    form = SegmentChoiceForm(viewer=request.user)
    return _bulk_dialog(request, form, "segment", _("Add to a segment"))


@login_required
def new_relation(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask how a customer belongs to another, and record it."""
    found = customer(request.user, pk)
    require(request.user, "customer.edit", found)
    form = RelationForm(request.POST or None)

    def relate() -> None:
        clean = form.cleaned_data
        add_relation(
            request.user,
            found,
            target=customer(request.user, clean["target"]),
            kind=clean["kind"],
            title=clean["title"],
            since_on=clean["since_on"],
            at=now(),
        )

    if accepted(form, relate):
        return redirect("customers:customer", pk)
    return dialog(
        request,
        form,
        _("Add a relation"),
        _("Add"),
        template="customers/relation.html",
        customer=found,
    )


@login_required
@require_POST
def no_relation(request: StaffRequest, pk: int, relation_id: int) -> HttpResponse:
    """Take a relation away."""
    found = customer(request.user, pk)
    remove_relation(request.user, found, relation_id, at=now())
    messages.success(request, _("The relation is removed."))
    return redirect("customers:customer", pk)


@login_required
@require_GET
def results(request: StaffRequest) -> HttpResponse:
    """Return customers that the text ``who`` finds, to choose one from."""
    require(request.user, "customer.read")
    text = request.GET.get("who", "").strip()
    found = customers_like(request.user, text, most=RESULTS) if text else []
    context = {"customers": found, "text": text}
    return render(request, "customers/_results.html", context)


def _bulk_dialog(
    request: StaffRequest, form: RecordForm, action: str, label: str
) -> HttpResponse:
    pks = [pk for pk in request.GET.getlist("pk") if pk.isdecimal()][:MOST_SELECTED]
    list_url = reverse("customers:customers")
    # Read and written anew: whatever it says, it stays the query of our own list.
    if asked := QueryDict(request.GET.get("list", "")).urlencode():
        list_url = f"{list_url}?{asked}"
    return dialog(
        request,
        form,
        label,
        label,
        template="customers/bulk.html",
        action=action,
        pks=pks,
        list_url=list_url,
    )
