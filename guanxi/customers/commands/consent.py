"""The consent ledger: what people say about being contacted is written, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from guanxi.customers.events import (
    ConsentGiven,
    ConsentTextWritten,
    ConsentWithdrawn,
)
from guanxi.customers.models import Code, ConsentEntry, ConsentText, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import house_day, text_in_force
from guanxi.customers.rules import PURPOSE_SCHEME
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish

LONGEST_PROOF, LONGEST_REFERENCE, LONGEST_TEXT = 2000, 200, 20_000


class BadConsent(Refused):
    """A consent says who, for what, by what, since when, and how it is proven."""

    code = "bad_consent"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """
    What a person said: consent given or withdrawn, for purposes (keys) and channels.

    ``effective_on`` is the day it was said, today if not given; ``expires_on`` the last
    day it holds. ``proof`` says in words how it can be shown, ``reference`` where the
    paper or the recording lies.
    """

    is_given: bool
    purposes: Sequence[str]
    channels: Sequence[ContactChannel]
    proof: str = ""
    reference: str = ""
    is_text_shown: bool = False
    effective_on: date | None = None
    expires_on: date | None = None


@command(needs="customer.consent")
def record_consent(
    by: Actor, customer: Customer, statement: Statement, *, at: datetime
) -> Sequence[ConsentEntry]:
    """
    Write what ``customer`` said, one entry for each purpose and channel.

    :raises BadConsent: without purpose, channel or proof, or with impossible days.
    :raises Denied: for whoever may not write consents or their proofs.
    """
    require_writer(by)
    _require_whole(statement, house_day(at))
    if statement.proof or statement.reference:
        _require_proof_writer(by)
    found = _purposes(statement)
    entries = [
        _entry(by, customer, purpose, channel, statement, at)
        for purpose in found
        for channel in dict.fromkeys(statement.channels)
    ]
    stored = ConsentEntry.objects.bulk_create(entries)
    _tell(customer, statement, found, at)
    return stored


@command(needs="customer.consent")
def withdraw_everything(
    by: Actor, customer: Customer, *, proof: str = "", at: datetime
) -> Sequence[ConsentEntry]:
    """Write that ``customer`` wants no contact for any purpose by any channel."""
    every = Code.objects.filter(scheme=PURPOSE_SCHEME)
    keys = list(every.order_by("position", "pk").values_list("key", flat=True))
    statement = Statement(
        is_given=False, purposes=keys, channels=list(ContactChannel), proof=proof
    )
    return record_consent(by, customer, statement, at=at)


@command(needs="code.edit")
def write_consent_text(
    by: Actor, purpose: Code, *, zh: str, en: str, at: datetime
) -> ConsentText:
    """
    Put a new wording of what is asked for ``purpose`` in force; the old ones stay.

    :raises BadConsent: unless it is there in both languages.
    """
    plain = {"text_zh": zh.strip(), "text_en": en.strip()}
    for name, words in plain.items():
        if not 0 < len(words) <= LONGEST_TEXT:
            told = _(
                "Enter the text in both languages, at most 20,000 characters each."
            )
            raise BadConsent(told, field=name)
    # Two who write at once would take the same number.
    Code.objects.select_for_update().get(pk=purpose.pk)
    known = ConsentText.objects.filter(purpose=purpose).aggregate(last=Max("version"))
    text = ConsentText.objects.create(
        purpose=purpose,
        version=(known["last"] or 0) + 1,
        written_at=at,
        written_by_id=by.actor_id,
        **plain,
    )
    publish(
        ConsentTextWritten(
            code_id=purpose.pk,
            scheme=purpose.scheme,
            key=purpose.key,
            version=text.version,
            at=at,
        )
    )
    return text


def require_writer(by: Actor) -> None:
    """
    Let only those pass who may write what people say about being contacted.

    :raises Denied: for everybody else.
    """
    if CUSTOMER.level(by, "consent") < Level.WRITE:
        raise Denied(CUSTOMER.permission("consent"))


def _require_proof_writer(by: Actor) -> None:
    if CUSTOMER.level(by, "consent_proof") < Level.WRITE:
        raise Denied(CUSTOMER.permission("consent"))


def _require_whole(statement: Statement, today: date) -> None:
    since = statement.effective_on or today
    if not statement.channels:
        raise BadConsent(_("Choose at least one channel."), field="channels")
    if since > today:
        raise BadConsent(_("This day is still to come."), field="effective_on")
    if statement.expires_on and (
        not statement.is_given or statement.expires_on < max(since, today)
    ):
        told = _("Only a consent ends, and not before today.")
        raise BadConsent(told, field="expires_on")
    if statement.is_given and not (statement.proof or statement.reference):
        told = _("Say how the consent can be proven, or where its record lies.")
        raise BadConsent(told, field="proof")
    _require_short(statement)


def _require_short(statement: Statement) -> None:
    if len(statement.proof) > LONGEST_PROOF:
        raise BadConsent(_("Use at most 2,000 characters."), field="proof")
    if len(statement.reference) > LONGEST_REFERENCE:
        raise BadConsent(_("Use at most 200 characters."), field="reference")


def _purposes(statement: Statement) -> Sequence[Code]:
    """Return the purposes spoken of; one that is offered no more is only withdrawn."""
    offered = {"is_active": True} if statement.is_given else {}
    rows = Code.objects.filter(scheme=PURPOSE_SCHEME, **offered)
    found = {code.key: code for code in rows}
    wanted = list(dict.fromkeys(statement.purposes))
    if not wanted or any(key not in found for key in wanted):
        raise BadConsent(_("Choose purposes from the list."), field="purposes")
    return [found[key] for key in wanted]


def _entry(
    by: Actor,
    customer: Customer,
    purpose: Code,
    channel: ContactChannel,
    statement: Statement,
    at: datetime,
) -> ConsentEntry:
    since = _moment(statement.effective_on, at)
    is_shown = statement.is_text_shown and statement.is_given
    return ConsentEntry(
        customer_id=customer.pk,
        purpose=purpose,
        channel=channel,
        is_given=statement.is_given,
        text=text_in_force(purpose, since) if is_shown else None,
        proof=statement.proof.strip(),
        proof_reference=statement.reference.strip(),
        recorded_by_id=by.actor_id,
        recorded_at=at,
        effective_at=since,
        expires_on=statement.expires_on,
    )


def _moment(day: date | None, at: datetime) -> datetime:
    """Return when it took effect: now, or when an earlier day began."""
    if day is None or day == house_day(at):
        return at
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


def _tell(
    customer: Customer, statement: Statement, purposes: Sequence[Code], at: datetime
) -> None:
    event = ConsentGiven if statement.is_given else ConsentWithdrawn
    publish(
        event(
            customer_id=customer.pk,
            purposes=[purpose.key for purpose in purposes],
            channels=[channel.value for channel in dict.fromkeys(statement.channels)],
            at=at,
        )
    )
