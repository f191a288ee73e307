"""The list of contacts with customers and of what was spent on them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Investment
from guanxi.customers.queries.investment import investments
from guanxi.customers.queries.limit import is_stored_only
from guanxi.customers.queries.search import about_customers
from guanxi.customers.rules.investment import AIM_TONES, Aim, ContactMode
from guanxi.foundation.tables.parts import word
from guanxi.foundation.tables.table import Column, ColumnKind, Empty, Table
from guanxi.identity.queries import user_choices

INVESTMENTS = Table(
    key="investments",
    kind="investment",
    model=Investment,
    title=_("Contacts and costs"),
    url="customers:investments",
    rows=investments,
    withheld=lambda: is_stored_only("customer_id"),
    search=about_customers,
    default_sort="-happened_at",
    columns=[
        Column(
            "customer",
            _("Customer"),
            path="customer__name",
            link="customers:data_bank",
            link_key="customer_id",
        ),
        Column(
            "happened_at",
            pgettext_lazy("contact", "When"),
            kind=ColumnKind.INSTANT,
            sort="happened_at",
        ),
        word(
            "mode",
            pgettext_lazy("contact", "Mode"),
            ContactMode.choices,
            {},
            shown=True,
        ),
        word("aim", pgettext_lazy("cost", "For"), Aim.choices, AIM_TONES, shown=True),
        Column(
            "amount",
            pgettext_lazy("cost", "Expense"),
            kind=ColumnKind.MONEY,
            sort="amount",
        ),
        Column("place", pgettext_lazy("contact", "Place")),
        Column("note", pgettext_lazy("contact", "About")),
        Column("made_by", _("Recorded by"), kind=ColumnKind.USER, choices=user_choices),
        Column(
            "customer_id",
            _("Customer number"),
            kind=ColumnKind.NUMBER,
            field="customer",
            shown=False,
        ),
    ],
    empty=Empty(
        _("No contacts or costs yet"),
        _("Open a customer and log a contact with its time, place, mode and expense."),
        _("Show the customers"),
        "customers:customers",
    ),
    template="customers/investment_list.html",
)
