"""Files of opportunities, as the house takes them."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.create import FILLED
from guanxi.customers.commands.imports.undo import remove_customers, restore_customers
from guanxi.foundation.imports.kinds import ImportKind
from guanxi.sales.commands.imports.opportunities import (
    remove_opportunities,
    restore_opportunities,
)
from guanxi.sales.imports.opportunity_fields import OPTIONS, choices, fields, wants
from guanxi.sales.imports.opportunity_loader import OpportunityLoader
from guanxi.sales.models import Opportunity

OPPORTUNITIES_IMPORT = ImportKind(
    key="opportunities",
    label=_("Opportunities"),
    icon="target-arrow",
    needs="opportunity.import",
    list_view="sales:opportunities",
    fields=fields,
    choices=choices,
    options=OPTIONS,
    loader=OpportunityLoader,
    undo=[
        restore_opportunities,
        remove_opportunities,
        restore_customers,
        remove_customers,
    ],
    fills=[Opportunity, *FILLED],
    wants=wants,
)
