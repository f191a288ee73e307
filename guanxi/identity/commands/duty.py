"""What colleagues owe is set down; what they have done is recorded, and withdrawn."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.notices import notify
from guanxi.identity.commands.guard import self_of
from guanxi.identity.events import (
    DutyChanged,
    DutyCreated,
    DutyFulfilled,
    DutyReminded,
    DutyVersionPublished,
    FulfilmentWithdrawn,
)
from guanxi.identity.models import Duty, DutyVersion, Fulfilment, User
from guanxi.identity.queries import asked_version, debts
from guanxi.identity.rules.duty import DutyKind, Gate, Owed, Standing

LONGEST_DAYS, LONGEST_MONTHS = 365, 120
MONTH_DAYS = 30.4375
OWN_PAGE = "/settings/duties/"


@dataclass(frozen=True, kw_only=True)
class DutyFacts:
    """What a duty is to be; see `Duty`."""

    title: str
    gate: Gate
    days: int = 14
    months: int = 0
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a fulfilment; without ``valid_until`` the duty says how long."""

    done_on: date
    valid_until: date | None = None
    is_passed: bool = True
    result: str = ""
    place: str = ""


@command(needs="duty.edit")
def create_duty(
    by: Actor,
    kind: DutyKind,
    facts: DutyFacts,
    *,
    text: str,
    effective_on: date,
    at: datetime,
) -> Duty:
    """
    Set down what colleagues owe from ``effective_on`` on.

    :raises Refused: without a title or a text, or for lengths out of reason.
    """
    duty = Duty(kind=kind, created_at=at, **_checked(facts))
    duty.save()
    publish(DutyCreated(duty_id=duty.pk, duty=duty.title, at=at))
    publish_version(by, duty, text=text, effective_on=effective_on, at=at)
    return duty


@command(needs="duty.edit")
def save_duty(by: Actor, duty: Duty, facts: DutyFacts, *, at: datetime) -> Duty:
    """
    Change what happens to who is overdue, how long there is, or whether it is in use.

    :raises Refused: without a title, or for lengths out of reason.
    """
    before = Duty.objects.select_for_update().get(pk=duty.pk)
    wanted = _checked(facts)
    changes = {
        name: (str(getattr(before, name)), str(value))
        for name, value in wanted.items()
        if getattr(before, name) != value
    }
    if changes:
        Duty.objects.filter(pk=duty.pk).update(**wanted)
        duty.refresh_from_db()
        rearrange()
        event = DutyChanged(duty_id=duty.pk, duty=duty.title, at=at)
        publish(event, changes=changes)
    return duty


@command(needs="duty.edit")
def publish_version(
    by: Actor, duty: Duty, *, text: str, effective_on: date, at: datetime
) -> DutyVersion:
    """
    Give ``duty`` a new text from ``effective_on`` on; it is to be fulfilled anew.

    :raises Refused: without a text.
    """
    if not text.strip():
        raise Refused(_("Say what people shall read or do."), field="text")
    Duty.objects.select_for_update().get(pk=duty.pk)
    number = DutyVersion.objects.filter(duty=duty).count() + 1
    made = DutyVersion.objects.create(
        duty=duty,
        number=number,
        text=text.strip(),
        effective_on=effective_on,
        published_at=at,
    )
    rearrange()
    publish(
        DutyVersionPublished(duty_id=duty.pk, duty=duty.title, number=number, at=at)
    )
    return made


@command(needs="duty.record")
def record_fulfilments(
    by: Actor, duty: Duty, users: list[User], evidence: Evidence, *, at: datetime
) -> Sequence[Fulfilment]:
    """
    Record that ``users`` passed or signed the version in force; also that they failed.

    :raises NotVisible: if ``by`` does not see one of them.
    :raises Refused: if no version is in force, or for days that cannot be.
    """
    version = _version(duty, at)
    _check_days(evidence, at)
    return [_record(by, version, user, evidence, at) for user in users]


@command(needs="")
def confirm_document(by: Actor, duty_id: int, *, at: datetime) -> Fulfilment:
    """
    Confirm that one has read the document in force and will keep to it.

    :raises NotVisible: if there is no such document.
    """
    user = self_of(by)
    version = asked_version(duty_id, localdate(at))
    if version is None or not version.duty.is_active:
        raise NotVisible
    if version.duty.kind != DutyKind.DOCUMENT:
        raise Refused(_("A trainer or your administrator records this one."))
    return _record(by, version, user, Evidence(done_on=localdate(at)), at)


@command(needs="duty.record")
def withdraw_fulfilment(
    by: Actor, user: User, fulfilment_id: int, *, at: datetime
) -> None:
    """
    Let a fulfilment of ``user`` count no more: it was recorded by mistake, or called off.

    :raises NotVisible: if he has no such fulfilment.
    """
    rows = Fulfilment.objects.filter(user=user, pk=fulfilment_id, withdrawn_at=None)
    found = rows.select_related("version__duty").first()
    if found is None:
        raise NotVisible
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    User.objects.filter(pk=user.pk).renew_rights()
    duty = found.version.duty
    publish(
        FulfilmentWithdrawn(
            duty_id=duty.pk,
            duty=duty.title,
            user_id=user.pk,
            username=user.username,
            at=at,
        )
    )


@command(needs="duty.record")
def remind_lacking(by: Actor, duty: Duty, *, at: datetime) -> int:
    """Remind all who lack ``duty`` and whom ``by`` sees; return how many they are."""
    lacking = [
        debt
        for debt in debts(by, localdate(at))
        if debt.owed.asked.duty_id == duty.pk
        and debt.owed.standing is not Standing.DONE
    ]
    for debt in lacking:
        tell_owed(debt.user, debt.owed, at=at)
    event = DutyReminded(duty_id=duty.pk, duty=duty.title, count=len(lacking), at=at)
    publish(event)
    return len(lacking)


def tell_owed(user: User, owed: Owed, *, at: datetime) -> None:
    """Put a notice of what ``user`` owes under his bell."""
    sentence = (
        gettext_noop("“%(title)s” is overdue since %(day)s: see to it now.")
        if owed.standing is Standing.OVERDUE
        else gettext_noop("“%(title)s” is due until %(day)s.")
    )
    day = owed.due_on.isoformat() if owed.due_on else ""
    words = {"title": owed.asked.title, "day": day}
    notify(user.pk, sentence, words, at=at, url=f"{OWN_PAGE}{owed.asked.duty_id}/")


def _record(
    by: Actor, version: DutyVersion, user: User, evidence: Evidence, at: datetime
) -> Fulfilment:
    duty = version.duty
    facts = asdict(evidence)
    if duty.months and evidence.is_passed and evidence.valid_until is None:
        held = timedelta(days=round(duty.months * MONTH_DAYS))
        facts["valid_until"] = evidence.done_on + held
    made = Fulfilment.objects.create(
        version=version, user=user, recorded_by_id=by.actor_id, recorded_at=at, **facts
    )
    User.objects.filter(pk=user.pk).renew_rights()
    publish(
        DutyFulfilled(
            duty_id=duty.pk,
            duty=duty.title,
            user_id=user.pk,
            username=user.username,
            is_passed=evidence.is_passed,
            at=at,
        )
    )
    return made


def _version(duty: Duty, at: datetime) -> DutyVersion:
    version = asked_version(duty.pk, localdate(at))
    if version is None:
        raise Refused(_("No version of it is in force yet."))
    return version


def _check_days(evidence: Evidence, at: datetime) -> None:
    if evidence.done_on > localdate(at):
        raise Refused(_("That day is still to come."), field="done_on")
    until = evidence.valid_until
    if until is not None and until < evidence.done_on:
        message = _("It cannot end before it begins.")
        raise Refused(message, field="valid_until")


def _checked(facts: DutyFacts) -> dict[str, object]:
    title = " ".join(facts.title.split())
    if not title:
        raise Refused(_("A name is needed."), field="title")
    if not 0 <= facts.days <= LONGEST_DAYS:
        raise Refused(_("Choose 0 to 365 days."), field="days")
    if not 0 <= facts.months <= LONGEST_MONTHS:
        raise Refused(_("Choose 0 to 120 months."), field="months")
    return {**asdict(facts), "title": title[:120]}
