"""Give a person a copy of all that is held: made by the worker, taken once, then gone."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.customers.events import SubjectExportRequested, SubjectExportTaken
from guanxi.customers.models import Customer, SubjectExport
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.erasure import all_of
from guanxi.customers.rules.erasure import IdentityCheck
from guanxi.customers.rules.holding import CUSTOMER_LABEL
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.erasing.bundle import write_bundle
from guanxi.foundation.erasing.telling import told_about
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.jobs import job
from guanxi.foundation.policies import Privacy

KEPT = timedelta(days=7)
FOLDER = "subjects"


class NotReady(Refused):
    """The copy is not made yet, or gone already."""

    code = "not_ready"


@command(needs="customer.disclose")
def request_subject_export(
    by: Actor, customer: Customer, *, identity: IdentityCheck, at: datetime
) -> SubjectExport:
    """
    Have a copy of all that is held about ``customer`` made, for ``by`` to take.

    It is in the language of the moment, and there for `KEPT`.
    """
    made = SubjectExport.objects.create(
        customer_id=customer.pk,
        identity=identity,
        language=get_language() or settings.LANGUAGE_CODE,
        requested_at=at,
        requested_by_id=by.actor_id,
        expires_at=at + KEPT,
    )
    publish(SubjectExportRequested(customer_id=customer.pk, export_id=made.pk, at=at))
    make_copy.later(export_id=made.pk)
    return made


@job(queue="erasing")
def make_copy(*, export_id: int) -> None:
    """Write the file of a copy; one that was begun before is written anew."""
    held = SubjectExport.objects.select_related("customer").get(pk=export_id)
    if held.path or held.customer.erased_at:
        return
    pks = all_of(held.customer_id)
    name = f"{FOLDER}/{secrets.token_hex(16)}.zip"
    at = now()
    with translation.override(held.language):
        tables = told_about(CUSTOMER_LABEL, pks)
        path = Path(settings.FILES_ROOT) / name
        write_bundle(path, tables, kind="customer", pk=held.customer_id, at=at)
    SubjectExport.objects.filter(pk=held.pk).update(path=name, made_at=at)


@command(needs="customer.disclose")
def take_subject_export(
    by: Actor, customer: Customer, export_id: int, *, at: datetime
) -> Path:
    """
    Return where the copy lies that ``by`` asked for; that it leaves the house goes on record.

    :raises NotVisible: for a copy of somebody else.
    :raises NotReady: while it is not made, and when its time is over.
    """
    mine = SubjectExport.objects.filter(
        pk=export_id, customer_id=customer.pk, requested_by_id=by.actor_id or 0
    )
    held = mine.select_for_update().first()
    if held is None:
        raise NotVisible
    if not held.path or held.expires_at <= at:
        raise NotReady(_("The copy is not made yet, or its time is over."))
    fields = [
        name
        for name, field in CUSTOMER.fields.items()
        if field.privacy is not Privacy.NONE
    ]
    record_access(by, "export", "customer", fields=fields, pks=[customer.pk], at=at)
    mine.update(taken_at=at)
    publish(SubjectExportTaken(customer_id=customer.pk, export_id=held.pk, at=at))
    return Path(settings.FILES_ROOT) / held.path


def forget_copies(at: datetime) -> None:
    """Remove the files whose time is over."""
    _forget(Q(expires_at__lte=at))


def forget_copies_of(pks: Sequence[int], _signs: Sequence[str]) -> None:
    """Remove the copies made for persons who are erased."""
    _forget(Q(customer__in=pks))


def _forget(which: Q) -> None:
    for held in SubjectExport.objects.filter(which).exclude(path=""):
        (Path(settings.FILES_ROOT) / held.path).unlink(missing_ok=True)
        SubjectExport.objects.filter(pk=held.pk).update(path="")
