"""Consent and contact preferences of one customer, and the wordings of consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.consent import (
    record_consent,
    require_writer,
    withdraw_everything,
    write_consent_text,
)
from guanxi.customers.commands.contact import (
    block_contact,
    lift_block,
    set_contact_preference,
)
from guanxi.customers.forms.consent import (
    BlockForm,
    ConsentForm,
    ConsentTextForm,
    PreferenceForm,
    WithdrawalForm,
)
from guanxi.customers.models import ConsentEntry, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import (
    MOST_ENTRIES,
    Contactability,
    contactability,
    hours_of,
    house_day,
    ledger,
    purposes,
    texts,
)
from guanxi.customers.queries.contact_policy import conduct_of, spoken_to
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.rules.consent import RESTING_ON_CONTRACT, ContactChannel
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import may, require
from guanxi.foundation.words import Words

PROOF = "consent_proof"


@dataclass(frozen=True)
class Mark:
    """What holds for one purpose and channel, as badge: its tone and its word."""

    channel: Words
    word: str
    tone: str


@dataclass(frozen=True)
class Answers:
    """What a customer has said about one purpose."""

    purpose: str
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Closed:
    """A channel by which nobody is to come to the customer; an empty reason is covered."""

    pk: int
    channel: Words
    reason: str


@dataclass(frozen=True)
class Limit:
    """What may not be done with the record; an empty reason is covered."""

    kind: str
    label: Words
    reason: str


@login_required
@require_GET
def consents(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what holds for a customer now, as a panel."""
    found = spoken_to(request.user, pk)
    conduct = conduct_of(request.user, found, at=now())
    if CUSTOMER.level(request.user, "consent") < Level.READ:
        hidden = {"is_hidden": True, "conduct": conduct}
        return render(request, "customers/_consents.html", hidden)
    known = contactability(found)
    closed, limits = _closed(request.user, known), _limits(request.user, known)
    reasons = [*(one.reason for one in closed), *(one.reason for one in limits)]
    if any(reasons):
        record_shown(request.user, CUSTOMER, {pk: {PROOF: "*"}}, at=now())
    preference = known.preference
    preferred = preference.get_channel_display() if preference else ""
    context = {
        "customer": found,
        "conduct": conduct,
        "answers": _answers(known),
        "closed": closed,
        "preferred": preferred if preference and preference.channel else "",
        "hours": hours_of(preference),
        "limits": limits,
        "can_record": may(request.user, "customer.consent", found),
        "can_limit": may(request.user, "customer.privacy", found),
    }
    return render(request, "customers/_consents.html", context)


@login_required
@require_GET
def consent_ledger(request: StaffRequest, pk: int) -> HttpResponse:
    """Show all that a customer has ever said, with its proofs."""
    found = _readable(request.user, pk)
    entries = list(ledger(found)[:MOST_ENTRIES])
    is_proof_shown = CUSTOMER.level(request.user, PROOF) >= Level.READ
    if is_proof_shown and any(_is_proven(entry) for entry in entries):
        record_shown(request.user, CUSTOMER, {pk: {PROOF: "*"}}, at=now())
    context = {
        "customer": found,
        "entries": entries,
        "is_proof_shown": is_proof_shown,
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
    }
    return render(request, "customers/consent_ledger.html", context)


@login_required
def new_consent(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what a customer said, and write it into the ledger."""
    found = _writable(request.user, pk)
    first = {"effective_on": localdate(), "is_text_shown": True}
    form = ConsentForm(request.POST or None, initial=first)

    def record() -> None:
        record_consent(request.user, found, form.statement(), at=now())
        messages.success(request, _("Recorded."))

    if accepted(form, record):
        return redirect("customers:customer", pk)
    title = _("Record or withdraw consent")
    return dialog(request, form, title, pgettext("consent", "Record"), customer=found)


@login_required
def consent_withdrawal(request: StaffRequest, pk: int) -> HttpResponse:
    """Write that a customer wants no contact at all any more."""
    found = _writable(request.user, pk)
    form = WithdrawalForm(request.POST or None)

    def withdraw() -> None:
        proof = form.cleaned_data["proof"]
        withdraw_everything(request.user, found, proof=proof, at=now())
        messages.success(request, _("All consents are withdrawn, by every channel."))

    if accepted(form, withdraw):
        return redirect("customers:customer", pk)
    title = _("Withdraw all consents, by every channel")
    return dialog(request, form, title, _("Withdraw all"), customer=found)


@login_required
def new_block(request: StaffRequest, pk: int) -> HttpResponse:
    """Close a channel to a customer."""
    found = _writable(request.user, pk)
    form = BlockForm(request.POST or None)

    def block() -> None:
        reason = form.cleaned_data["reason"]
        block_contact(request.user, found, form.chosen(), reason=reason, at=now())
        messages.success(request, _("Nobody will contact the customer this way."))

    if accepted(form, block):
        return redirect("customers:customer", pk)
    return dialog(
        request, form, _("Do not contact"), _("Close the channel"), customer=found
    )


@login_required
@require_POST
def no_block(request: StaffRequest, pk: int, block_id: int) -> HttpResponse:
    """Open a channel to a customer again."""
    found = bare_customer(request.user, pk)
    lift_block(request.user, found, block_id, at=now())
    messages.success(request, _("The customer may be contacted this way again."))
    return redirect("customers:customer", pk)


@login_required
def contact_preference(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask how and when a customer likes to be reached."""
    found = _writable(request.user, pk)
    known = contactability(found).preference
    names = ("channel", "start", "end", "time_zone")
    first = {name: getattr(known, name) for name in names} if known else {}
    form = PreferenceForm(request.POST or None, initial=first)

    def keep() -> None:
        set_contact_preference(request.user, found, form.preference(), at=now())
        messages.success(request, _("Saved"))

    if accepted(form, keep):
        return redirect("customers:customer", pk)
    return dialog(request, form, _("Contact preferences"), _("Save"), customer=found)


@login_required
@require_GET
def consent_texts(request: StaffRequest) -> HttpResponse:
    """Show the wordings of consent with all their versions."""
    require(request.user, "code.edit")
    rows = list(texts())
    lists = [
        (str(purpose), [row for row in rows if row.purpose_id == purpose.pk])
        for purpose in purposes()
    ]
    return render(request, "customers/consent_texts.html", {"lists": lists})


@login_required
def new_consent_text(request: StaffRequest) -> HttpResponse:
    """Ask for a new wording and put it in force."""
    require(request.user, "code.edit")
    form = ConsentTextForm(request.POST or None)

    def write() -> None:
        clean = form.cleaned_data
        write_consent_text(
            request.user,
            clean["purpose"],
            zh=clean["text_zh"],
            en=clean["text_en"],
            at=now(),
        )
        messages.success(request, _("The new version is in force."))

    if accepted(form, write):
        return redirect("customers:consent_texts")
    return dialog(request, form, _("New version of a consent text"), _("Put in force"))


def _readable(viewer: Actor, pk: int) -> Customer:
    """
    Return a customer of whom ``viewer`` may know what it has said.

    :raises NotVisible: if there is none.
    """
    found = bare_customer(viewer, pk)
    if CUSTOMER.level(viewer, "consent") < Level.READ:
        raise NotVisible
    return found


def _writable(viewer: Actor, pk: int) -> Customer:
    """Return a customer for a form, which shows what is known of it already."""
    found = bare_customer(viewer, pk)
    require(viewer, "customer.consent", found)
    require_writer(viewer)
    return found


def _answers(known: Contactability) -> list[Answers]:
    """Return what holds for each purpose by each channel that was spoken of."""
    today = house_day(now())
    found = []
    for purpose in purposes():
        spoken = [
            (channel, known.standings[purpose.key, channel])
            for channel in ContactChannel
            if (purpose.key, channel.value) in known.standings
        ]
        marks = [Mark(c.label, *_told(entry, today)) for c, entry in spoken]
        if marks or purpose.key not in RESTING_ON_CONTRACT:
            found.append(Answers(str(purpose), marks))
    return found


def _told(entry: ConsentEntry, today: date) -> tuple[str, str]:
    """Return the word for what an entry means today, and its tone."""
    if not entry.is_given:
        return pgettext("consent", "withdrawn"), "red"
    if entry.expires_on and entry.expires_on < today:
        return pgettext("consent", "ended"), "amber"
    return pgettext("consent", "given"), "green"


def _closed(viewer: Actor, known: Contactability) -> list[Closed]:
    return [
        Closed(
            pk=block.pk,
            channel=block.get_channel_display() if block.channel else _("All channels"),
            reason=CUSTOMER.shown(viewer, PROOF, block.reason),
        )
        for block in known.blocks
    ]


def _limits(viewer: Actor, known: Contactability) -> list[Limit]:
    return [
        Limit(one.kind, one.label, CUSTOMER.shown(viewer, PROOF, one.reason))
        for one in known.limits
    ]


def _is_proven(entry: ConsentEntry) -> bool:
    return bool(entry.proof or entry.proof_reference)
