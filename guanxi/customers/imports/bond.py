"""Files of bond assessments, as the house takes them."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.bonds import remove_bonds
from guanxi.customers.imports.bond_fields import OPTIONS, choices, fields, wants
from guanxi.customers.imports.bond_loader import BondLoader
from guanxi.customers.models import BondAssessment
from guanxi.foundation.imports.kinds import ImportKind

BONDS_IMPORT = ImportKind(
    key="bonds",
    label=_("Bond assessments"),
    icon="heart-handshake",
    needs="customer.import",
    list_view="customers:customers",
    fields=fields,
    choices=choices,
    options=OPTIONS,
    loader=BondLoader,
    undo=[remove_bonds],
    fills=[BondAssessment],
    wants=wants,
)
