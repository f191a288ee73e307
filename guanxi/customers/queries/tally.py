"""What can be counted of the notes about a customer, and of contacts and costs."""

from collections.abc import Callable, Sequence

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import Note
from guanxi.customers.models.investment import InvestmentQuerySet
from guanxi.customers.queries.investment import investments
from guanxi.customers.rules.investment import Aim, ContactMode
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import Tally
from guanxi.foundation.words import Words


def _notes(_viewer: Actor) -> "QuerySet[Note]":
    # Who sees the customer sees them all, but those in the trash.
    return Note.objects.filter(trashed_at=None)


NOTE_TALLIES: Sequence[Tally] = (
    Tally(
        "customer",
        "notes",
        _("Notes written"),
        "customer.read",
        _notes,
        "customer_id",
        "written_at",
        fields=["customer.note"],
    ),
)


def _entries(viewer: Actor) -> InvestmentQuerySet:
    return investments(viewer).select_related(None).order_by()


def _contacts(viewer: Actor) -> InvestmentQuerySet:
    return _entries(viewer).contacts()


def _spent_on(aim: Aim) -> Callable[[Actor], InvestmentQuerySet]:
    return lambda viewer: _entries(viewer).filter(aim=aim)


def _modes(_viewer: Actor) -> Sequence[tuple[str, Words]]:
    return ContactMode.choices


_OF_CUSTOMER = ("customer_id", "happened_at")


def _sum(key: str, label: Words, rows: Callable[[Actor], InvestmentQuerySet]) -> Tally:
    return Tally(
        "customer",
        key,
        label,
        "investment.read",
        rows,
        *_OF_CUSTOMER,
        figure=Sum("amount"),
        fields=["investment.amount"],
        is_money=True,
    )


INVESTMENT_TALLIES: Sequence[Tally] = (
    Tally(
        "customer",
        "logged_contacts",
        _("Contacts logged"),
        "investment.read",
        _contacts,
        *_OF_CUSTOMER,
    ),
    Tally(
        "customer",
        "contact_mode",
        _("In contact by way of"),
        "investment.read",
        _contacts,
        *_OF_CUSTOMER,
        part="mode",
        parts=_modes,
    ),
    _sum("spent_sum", _("Spent in all"), _entries),
    _sum("won_sum", _("Spent on acquisition"), _spent_on(Aim.ACQUISITION)),
    _sum("kept_sum", _("Spent on retention"), _spent_on(Aim.RETENTION)),
)
