"""Telling managers of customers for whom nobody is responsible."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_noop

from guanxi.customers.queries.owner import ownerless
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.figures import grouped
from guanxi.foundation.notices import notify
from guanxi.foundation.rooms import allowed
from guanxi.identity.queries import assignable_users

WAITING = gettext_noop(
    "Customers for whom nobody is responsible: %(count)s. Give them to colleagues."
)


@command(needs="customer.assign")
def tell_of_ownerless(by: Actor, *, at: datetime) -> int:
    """Tell whoever may assign how many customers wait for an owner; return whom many."""
    told = 0
    for user in assignable_users(by):
        if not allowed(user, "customer.assign"):
            continue
        if count := ownerless(user).count():
            url = reverse("customers:ownerless")
            notify(user.pk, WAITING, {"count": grouped(count)}, at=at, url=url)
            told += 1
    return told
