"""Files of contacts and costs, as the house takes them."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.investments import remove_investments
from guanxi.customers.imports.investment_fields import OPTIONS, choices, fields, wants
from guanxi.customers.imports.investment_loader import InvestmentLoader
from guanxi.customers.models import Investment
from guanxi.foundation.imports.kinds import ImportKind

INVESTMENTS_IMPORT = ImportKind(
    key="investments",
    label=_("Contacts and costs"),
    icon="cash",
    needs="investment.import",
    list_view="customers:investments",
    fields=fields,
    choices=choices,
    options=OPTIONS,
    loader=InvestmentLoader,
    undo=[remove_investments],
    fills=[Investment],
    wants=wants,
)
