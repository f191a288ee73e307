"""How this room erases what is no plain row of one customer: files, and tags of one's own."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import Customer, Investment, Tag
from guanxi.customers.rules.holding import CUSTOMER_LABEL
from guanxi.foundation.erasing.declared import Holding, Settled
from guanxi.foundation.files import store
from guanxi.foundation.files.queries import enclosed_of
from guanxi.foundation.imports.scrub import forget_in_files, runs_with
from guanxi.foundation.models import Notice

if TYPE_CHECKING:
    from django.db.models import QuerySet

_Tagged = Customer.tags.through


def forget_files(pks: Sequence[int], signs: Sequence[str]) -> None:
    """Remove the imported files that brought or changed the customers, or name them."""
    brought = Customer.objects.filter(pk__in=pks, import_run_id__isnull=False)
    runs = {run for run in brought.values_list("import_run_id", flat=True) if run}
    noted = Investment.objects.filter(customer__in=pks, import_run_id__isnull=False)
    runs |= {run for run in noted.values_list("import_run_id", flat=True) if run}
    forget_in_files(runs | runs_with("customer", pks), signs)


def forget_notices(pks: Sequence[int], _signs: Sequence[str]) -> None:
    """Remove what the bell told colleagues about the customers: of a note, of a file."""
    for pk in pks:
        page = reverse("customers:customer", args=[pk])
        Notice.objects.filter(url__startswith=page).delete()


def forget_tags(rows: "QuerySet[Any]", _at: datetime) -> None:
    """Take the tags off, and remove those that nobody else has: they may tell a name."""
    tags = list(rows.values_list("tag_id", flat=True))
    rows.delete()
    used = _Tagged.objects.filter(tag=OuterRef("pk"))
    Tag.objects.filter(~Exists(used), pk__in=tags).delete()


def forget_stored(rows: "QuerySet[Any]", _at: datetime) -> None:
    """Delete the rows of files, and their contents once that is certain."""
    tokens = [token for token in rows.values_list("token", flat=True) if token]
    rows.delete()
    # Should we be stopped in between, the night finds contents without a row.
    for token in tokens:
        transaction.on_commit(partial(store.forget, token))


FILES_HELD = Holding(
    "foundation.StoredFile",
    CUSTOMER_LABEL,
    _("Files"),
    ["record_id"],
    Settled(forget_stored, "Rows and contents are deleted."),
    when={"kind": "customer"},
    untold={"token": "Where the file lies with us.", "digest": "Computed from it."},
    encloses=enclosed_of,
)
TAGS_HELD = Holding(
    "customers.Customer_tags",
    CUSTOMER_LABEL,
    _("Tags"),
    ["customer_id"],
    Settled(forget_tags, "Taken off; a tag of nobody else is removed."),
)
