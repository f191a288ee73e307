"""Who may be contacted, by what, and for what: questions about the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from guanxi.customers.models import (
    Code,
    ConsentEntry,
    ConsentText,
    ContactBlock,
    ContactPreference,
    Customer,
    ProcessingLimit,
)
from guanxi.customers.queries.customer import codes
from guanxi.customers.queries.limit import is_stored_only, open_limits
from guanxi.customers.rules import PURPOSE_SCHEME
from guanxi.customers.rules.consent import (
    RESTING_ON_CONTRACT,
    ContactChannel,
    Hours,
    Situation,
    Standing,
    Verdict,
    verdict_of,
)
from guanxi.customers.rules.limit import LimitKind
from guanxi.foundation.actor import Actor
from guanxi.foundation.compiled import Kept, asked

MOST_ENTRIES = 200
# The choice of the list that finds whom nobody may contact by some channel.
BLOCKED = "blocked"
_kept: Kept = {}
_LATEST = ("purpose_id", "channel", "-effective_at", "-pk")


@dataclass(frozen=True)
class Contactability:
    """What a customer has said, as far as it holds now."""

    standings: Mapping[tuple[str, str], ConsentEntry]
    blocks: Sequence[ContactBlock]
    preference: ContactPreference | None
    limits: Sequence[ProcessingLimit]


def may_contact(
    customer: Customer, channel: ContactChannel, purpose: str, at: datetime
) -> Verdict:
    """
    Tell whether ``customer`` may be contacted by ``channel`` for ``purpose`` at ``at``.

    ``purpose`` is a key of the list of purposes. Every room asks this before it contacts
    anybody, at the moment it does.
    """
    known = contactability(customer)
    return verdict_of(situation_of(known, channel, purpose, at), at)


def situation_of(
    known: Contactability, channel: ContactChannel, purpose: str, at: datetime
) -> Situation:
    """Return what of ``known`` decides about a contact by ``channel`` for ``purpose``."""
    standing = known.standings.get((purpose, channel.value))
    block = next((b for b in known.blocks if b.channel in ("", channel)), None)
    return Situation(
        channel=channel,
        purpose=purpose,
        today=house_day(at),
        restricted_on=_restricted_on(known.limits),
        blocked_on=house_day(block.set_at) if block else None,
        standing=_standing(standing) if standing else None,
        hours=hours_of(known.preference),
    )


def contactability(customer: Customer) -> Contactability:
    """Return what ``customer`` has said and holds now; four queries."""
    pk = customer.pk
    standings = asked(_kept, "standings", _standings, customer_id=pk)
    preferences = asked(_kept, "preference", _preferences, customer_id=pk)
    return Contactability(
        standings={(row.purpose.key, row.channel): row for row in standings},
        blocks=asked(_kept, "blocks", _blocks_on, customer_id=pk),
        preference=preferences[0] if preferences else None,
        limits=asked(_kept, "limits", open_limits, customer_id=pk),
    )


def _standings(customer_id: int) -> "QuerySet[ConsentEntry]":
    """Return the last entry of each purpose and channel."""
    rows = _said(customer_id).order_by(*_LATEST)
    return rows.distinct("purpose_id", "channel")


def _preferences(customer_id: int) -> "QuerySet[ContactPreference]":
    return ContactPreference.objects.filter(customer_id=customer_id)


def _blocks_on(customer_id: int) -> "QuerySet[ContactBlock]":
    rows = ContactBlock.objects.filter(customer_id=customer_id, lifted_at=None)
    return rows.select_related("set_by").order_by("channel", "pk")


def ledger(customer: Customer) -> "QuerySet[ConsentEntry]":
    """Return all that ``customer`` has said, the latest first."""
    return _said(customer.pk).order_by("-effective_at", "-pk")


def _said(customer_id: int) -> "QuerySet[ConsentEntry]":
    rows = ConsentEntry.objects.filter(customer_id=customer_id)
    return rows.select_related("purpose", "text", "recorded_by")


def hours_of(preference: ContactPreference | None) -> Hours | None:
    """Return the preferred hours, if there are any."""
    if preference is None or preference.start is None or preference.end is None:
        return None
    zone = preference.time_zone or settings.TIME_ZONE
    return Hours(preference.start, preference.end, zone)


def purposes() -> "QuerySet[Code]":
    """Return the purposes of contact that are offered."""
    return codes(PURPOSE_SCHEME)


def texts() -> "QuerySet[ConsentText]":
    """Return the wordings of all purposes, the newest of each first."""
    rows = ConsentText.objects.select_related("purpose", "written_by")
    return rows.order_by("purpose__position", "purpose_id", "-version")


def text_in_force(purpose: Code, at: datetime) -> ConsentText | None:
    """Return the wording that was in force at ``at``."""
    rows = ConsentText.objects.filter(purpose=purpose, written_at__lte=at)
    return rows.order_by("-version").first()


def house_day(at: datetime) -> date:
    """Return the day ``at`` lies on where the house stands."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def is_contactable(answers: Sequence[str], _viewer: Actor, today: date) -> Q:
    """
    Return the condition of customers to whom one of ``answers`` applies.

    Each is a purpose and a channel (``marketing:email``), or `BLOCKED`. The hours of the
    day are not looked at: they are over before the list is read.
    """
    ids = dict(Code.objects.filter(scheme=PURPOSE_SCHEME).values_list("key", "pk"))
    fitting = Q(pk__in=[])
    for answer in answers:
        key, _colon, channel = answer.partition(":")
        if answer == BLOCKED:
            fitting |= Q(Exists(_blocks()))
        elif key in ids and channel in ContactChannel.values:
            free = ~Q(Exists(_blocks().filter(channel__in=["", channel])))
            used = free & ~is_stored_only()
            fitting |= _consents(key, ids[key], channel, today) & used
    return fitting


def _blocks() -> "QuerySet[ContactBlock]":
    return ContactBlock.objects.filter(customer=OuterRef("pk"), lifted_at=None)


def _consents(key: str, purpose_id: int, channel: str, today: date) -> Q:
    last = ConsentEntry.objects.filter(
        ~Exists(_later(purpose_id, channel)),
        customer=OuterRef("pk"),
        purpose_id=purpose_id,
        channel=channel,
    )
    if key in RESTING_ON_CONTRACT:
        return ~Q(Exists(last.filter(is_given=False)))
    lasts = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    return Q(Exists(last.filter(lasts, is_given=True)))


def _later(purpose_id: int, channel: str) -> "QuerySet[ConsentEntry]":
    """Return the entries that stand after the one asked about; index alone."""
    after = Q(effective_at__gt=OuterRef("effective_at")) | Q(
        effective_at=OuterRef("effective_at"), pk__gt=OuterRef("pk")
    )
    return ConsentEntry.objects.filter(
        after,
        customer=OuterRef("customer_id"),
        purpose_id=purpose_id,
        channel=channel,
    )


def _restricted_on(limits: Sequence[ProcessingLimit]) -> date | None:
    days = [one.set_at for one in limits if one.kind == LimitKind.RESTRICTED]
    return house_day(min(days)) if days else None


def _standing(entry: ConsentEntry) -> Standing:
    return Standing(entry.is_given, house_day(entry.effective_at), entry.expires_on)
