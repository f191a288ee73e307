"""The two logs as lists: what was changed, and who saw what."""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guanxi.foundation.actor import Actor, Depth, Level, shown_actor
from guanxi.foundation.audit import bounds_of
from guanxi.foundation.events import Event, event_class, restore
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.foundation.policies import (
    COVERED,
    NOBODY,
    READ,
    Field,
    Policy,
    Privacy,
    all_policies,
    models_of,
    policy_of,
    register,
)
from guanxi.foundation.purposes import Purpose
from guanxi.foundation.tables.keyset import LARGEST_ID
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.tables.table import Column, ColumnKind, Empty, Table
from guanxi.foundation.ties.declared import WALLED
from guanxi.foundation.words import Words

PROVING = Purpose(
    key="proving",
    label=_("Proving who did what and who saw what"),
    ground=_("Duty of the law (PIPL 51, GDPR 5 (2) and 32)"),
    people=_("Colleagues, and those whose records they worked on"),
    kept=_("As long as the settings keep the logs; by law at least six months"),
)
AUDIT = register(
    Policy(
        kind="audit",
        label=_("Audit log"),
        actions={"read": _("See"), "export": _("Export")},
        fields={
            "at": Field(_("Time")),
            "what": Field(_("What happened")),
            "name": Field(_("Event")),
            "actor_name": Field(_("Who"), purposes=(PROVING,)),
            "kind": Field(_("Record")),
            "subject_id": Field(_("Number")),
            "changes": Field(_("Changes"), purposes=(PROVING,)),
            "act": Field(pgettext_lazy("audit", "Act")),
            "fields": Field(_("Fields")),
            "rows": Field(_("Rows")),
            "reason": Field(_("Reason")),
        },
    ),
    LoggedEvent,
    Access,
)
NOTHING = "–"
ACTS = [
    ("view", pgettext_lazy("audit", "viewed")),
    ("reveal", pgettext_lazy("audit", "revealed")),
    ("export", pgettext_lazy("audit", "exported")),
    ("download", pgettext_lazy("audit", "downloaded")),
]


def logged_events(viewer: Actor) -> "QuerySet[LoggedEvent]":
    """Return all that was announced, if ``viewer`` may audit."""
    rows = LoggedEvent.objects.filter(AUDIT.visible(viewer))
    return rows.filter(_not_walled(viewer))


def accesses(viewer: Actor) -> "QuerySet[Access]":
    """Return all recorded reads, if ``viewer`` may audit."""
    return _unwalled(viewer, Access.objects.filter(AUDIT.visible(viewer)))


def accesses_of(viewer: Actor, actor_id: int, day: date, *, most: int) -> list[Access]:
    """
    Return what somebody saw on ``day``: what was revealed or taken out first.

    Who may ask is for the caller to know: whoever supervises that person.
    """
    begin, end = bounds_of(day)
    rows = Access.objects.filter(actor=actor_id, at__gte=begin, at__lt=end)
    quiet = Case(When(act="view", then=1), default=0)
    return list(_unwalled(viewer, rows).order_by(quiet, "-pk")[:most])


def _unwalled(viewer: Actor, rows: "QuerySet[Access]") -> "QuerySet[Access]":
    """Return ``rows`` without those of records that are shut from ``viewer``."""
    rows = rows.filter(_not_walled(viewer))
    shut = [
        Q(kind=kind, subject_ids__overlap=ArraySubquery(those.values("pk")))
        for kind, those in _walled(viewer)
    ]
    return rows.exclude(reduce(or_, shut)) if shut else rows


def _not_walled(viewer: Actor) -> Q:
    """Return the condition that a row is of no record that is shut from ``viewer``."""
    found = Q()
    for kind, rows in _walled(viewer):
        found &= ~(Q(kind=kind) & Q(Exists(rows.filter(pk=OuterRef("subject_id")))))
    return found


def _walled(viewer: Actor) -> "Iterator[tuple[str, QuerySet[Any]]]":
    """Yield the kinds of which records are shut from ``viewer``, with these records."""
    for policy in all_policies():
        walled = policy.tied(viewer).get(WALLED)
        for model in models_of(policy.kind) if walled else ():
            yield policy.kind, model._base_manager.filter(walled)


def _kinds(viewer: Actor) -> list[tuple[str, str]]:
    return [(policy.kind, str(policy.label)) for policy in all_policies()]


def _what(row: LoggedEvent, viewer: Actor) -> str:
    event = restore(row) if event_class(row.name) else None
    return event.told_to(viewer) if event else row.name


def _changes(row: LoggedEvent, viewer: Actor) -> str:
    told = event_class(row.name) or Event
    return gettext("; ").join(
        gettext("%(field)s: %(old)s → %(new)s")
        % {
            "field": _label(row.kind, name, otherwise=told.told_name(name)),
            "old": _value(row, name, old, viewer),
            "new": _value(row, name, new, viewer),
        }
        for name, (old, new) in row.changes.items()
    )


def _value(row: LoggedEvent, name: str, value: str, viewer: Actor) -> str:
    """Return what was logged of a field, as ``viewer`` may read it."""
    policy = {policy.kind: policy for policy in all_policies()}.get(row.kind)
    if not value:
        return NOTHING
    if policy is None or name not in policy.fields:
        return str((event_class(row.name) or Event).told_value(name, value))
    if viewer.grants.depth(policy.permission(READ)) is Depth.NONE:
        return COVERED
    # Personal values were masked when they were logged.
    is_masked = policy.fields[name].privacy is not Privacy.NONE
    needed = Level.MASKED if is_masked else Level.READ
    # The log keeps no language: its readers have more than one.
    words = {str(True): gettext("yes"), str(False): gettext("no")}
    told = words.get(value, value)
    return told if policy.level(viewer, name) >= needed else COVERED


def _label(kind: str, name: str, *, otherwise: Words = "") -> str:
    """Return what people call the field; one that is gone keeps its old name."""
    policies = {policy.kind: policy for policy in all_policies()}
    field = policies[kind].fields.get(name) if kind in policies else None
    return str(field.label if field else otherwise or name)


def told_fields(row: Access) -> str:
    """Return the fields of a row of the access log as people call them."""
    return gettext(", ").join(_label(row.kind, name) for name in row.fields)


def _who(row: LoggedEvent | Access) -> str:
    return shown_actor(row.actor_name, row.actor_id)


def _by_actor(viewer: Actor, text: str) -> Q:
    """Find who did it, by name, and by username where ``viewer`` sees the user."""
    if not text:
        return NOBODY
    seen = policy_of("user").visible(viewer)
    users = get_user_model().objects.filter(seen, username__icontains=text)
    return Q(actor_name__icontains=text) | Q(actor_id__in=users.values("pk"))


def _by_actor_or_record(viewer: Actor, text: str) -> Q:
    """Find what happened to the record of a number too."""
    number = _number(text)
    found = _by_actor(viewer, text)
    return found if number is None else found | Q(subject_id=number)


def _by_actor_or_number(viewer: Actor, text: str) -> Q:
    """Find who saw the record of a number too, by itself or on a page of many."""
    number = _number(text)
    found = _by_actor_or_record(viewer, text)
    return found if number is None else found | Q(subject_ids__contains=[number])


def _number(text: str) -> int | None:
    """Return the number that ``text`` is, if a record may have it."""
    is_number = text.isdecimal() and int(text) <= LARGEST_ID
    return int(text) if is_number else None


def _numbers(row: Access) -> str:
    pks = row.subject_ids if row.subject_id is None else [row.subject_id]
    return ", ".join(str(pk) for pk in pks)


CHANGES = Table(
    key="audit",
    kind="audit",
    model=LoggedEvent,
    title=_("Audit log"),
    url="foundation:audit",
    rows=logged_events,
    search=_by_actor_or_record,
    searched=["actor_name", "subject_id"],
    default_sort="-at",
    columns=[
        Column("at", _("Time"), kind=ColumnKind.INSTANT, sort="at"),
        Column("what", _("What happened"), text_to=_what, filterable=False),
        Column("changes", _("Changes"), text_to=_changes, filterable=False),
        Column("actor_name", _("Who"), text=_who),
        Column("kind", _("Record"), kind=ColumnKind.CHOICE, choices=_kinds),
        Column(
            "subject_id",
            _("Number"),
            kind=ColumnKind.NUMBER,
            text=lambda row: str(row.subject_id or ""),
        ),
        Column("name", _("Event"), shown=False),
    ],
    empty=Empty(_("Nothing has happened yet"), _("Every change will stand here.")),
)
ACCESS = Table(
    key="access",
    kind="audit",
    model=Access,
    title=_("Access log"),
    url="foundation:access",
    rows=accesses,
    search=_by_actor_or_number,
    searched=["actor_name", "subject_id"],
    default_sort="-at",
    columns=[
        Column("at", _("Time"), kind=ColumnKind.INSTANT, sort="at"),
        Column("actor_name", _("Who"), text=_who),
        Column(
            "act",
            pgettext_lazy("audit", "Act"),
            kind=ColumnKind.CHOICE,
            choices=lambda viewer: ACTS,
        ),
        Column("kind", _("Record"), kind=ColumnKind.CHOICE, choices=_kinds),
        Column("subject_id", _("Number"), kind=ColumnKind.NUMBER, text=_numbers),
        Column("fields", _("Fields"), text=told_fields, filterable=False),
        Column("rows", _("Rows"), kind=ColumnKind.NUMBER),
        Column("reason", _("Reason")),
    ],
    empty=Empty(
        _("Nobody has looked at protected values yet"),
        _("Views, reveals and exports will stand here."),
    ),
)


@login_required
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """List what was changed."""
    return table_page(request, CHANGES)


@login_required
@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """List who saw or took out protected values."""
    return table_page(request, ACCESS)
