"""Values of the fields that the house added, written with the customer they belong to."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from guanxi.customers.models import Customer
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import Refused
from guanxi.foundation.invalid import Invalid

Extra = Mapping[str, object]
"""Values of added fields by their keys; an empty one takes away what stands there."""


class BadExtra(Refused):
    """A value that its field cannot have, or a field that this customer does not have."""

    code = "bad_extra"


def fill_extra(customer: Customer, extra: Extra) -> None:
    """
    Set the values of added fields, unsaved.

    :raises BadExtra: for a field or a value that cannot be.
    """
    specs = {spec.key: spec for spec in custom_fields() if spec.fits(customer.form)}
    values = dict(customer.extra)
    for key, value in extra.items():
        if key not in specs:
            raise BadExtra(
                _("This customer has no field “%(key)s”.") % {"key": key[:60]}
            )
        try:
            stored = specs[key].stored(value)
        except Invalid as error:
            raise BadExtra(str(error), field=key) from error
        if stored is None:
            values.pop(key, None)
        else:
            values[key] = stored
    customer.extra = values


def require_filled(by: Actor, customer: Customer) -> None:
    """
    Let only a customer be entered who has what the house requires, and ``by`` may fill.

    :raises BadExtra: for the first field that is empty.
    """
    for spec in custom_fields():
        if not spec.is_required or not spec.fits(customer.form):
            continue
        may_fill = CUSTOMER.level(by, spec.key) >= Level.MASKED
        if may_fill and spec.key not in customer.extra:
            raise BadExtra(
                _("“%(field)s” must be filled in.") % {"field": spec.names},
                field=spec.key,
            )


def extra_as_text(customer: Customer) -> dict[str, str]:
    """Return what the audit compares of the added fields."""
    values = customer.extra
    return {spec.key: str(values.get(spec.key, "")) for spec in custom_fields()}
