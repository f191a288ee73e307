"""Customers and colleagues that a program names by their numbers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.customers.models import Customer
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.identity.queries import assignable_users

if TYPE_CHECKING:
    from guanxi.identity.models import User

MOST_NAMED = 1000


def named_customers(by: Actor, pks: list[int]) -> list[Customer]:
    """
    Return the customers ``pks``, each once, in the order given.

    :raises BadInput: if ``by`` does not see all of them.
    """
    found = customers(by).in_bulk(pks)
    if len(found) < len(set(pks)):
        raise BadInput([Wrong("customers", _("There is no such customer."))])
    return [found[pk] for pk in dict.fromkeys(pks)]


def named_owner(by: Actor, pk: int | None) -> "User | None":
    """
    Return the colleague ``pk`` to whom customers can be given; None if nobody is named.

    :raises BadInput: if ``by`` knows no such colleague.
    """
    if pk is None:
        return None
    found = assignable_users(by).filter(pk=pk).first()
    if found is None:
        raise BadInput([Wrong("owner", _("There is no such colleague."))])
    return found
