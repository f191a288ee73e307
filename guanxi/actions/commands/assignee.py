"""Who can be given work."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import may

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.identity.models import User


class BlindAssignee(Refused):
    """Nobody can act for a customer he cannot see."""

    code = "blind_assignee"


def require_sight(assignee: "User", customer: "Customer") -> None:
    """
    Let only somebody do work for ``customer`` who can look at it.

    :raises BlindAssignee: with what would help.
    """
    if not may(assignee, "customer.read", customer):
        raise BlindAssignee(
            _(
                "%(name)s cannot see this customer. Give the customer to %(name)s first, "
                "or choose a colleague who sees it."
            )
            % {"name": assignee.name},
            field="assignee",
        )
