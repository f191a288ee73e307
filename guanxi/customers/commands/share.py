"""Open single customers to colleagues who would not see them, and close them again."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.customers.events import CustomerShared, ShareRevoked
from guanxi.customers.models import Customer, CustomerShare
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.events import publish
from guanxi.foundation.policies import require
from guanxi.foundation.ties.models import ShareLevel
from guanxi.identity.commands.tie import BadTie, end_tie, tie

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User


@command(needs="customer.share")
def share_customer(
    by: Actor,
    customer: Customer,
    /,
    *,
    to: "User | Team",
    level: ShareLevel = ShareLevel.READ,
    reason: str,
    expires_at: datetime | None = None,
    at: datetime,
) -> CustomerShare:
    """
    Let ``to`` see ``customer``, and edit it at that level, until ``expires_at``.

    As far as his roles let him do so with any customer. A share with the same user or
    team takes the place of the one before.

    :raises BadTie: without a reason, for a day that has passed, or somebody who is gone.
    :raises Denied: for whoever shares more than he may do himself.
    """
    if level is ShareLevel.EDIT:
        require(by, "customer.edit", customer)
    if expires_at is not None and expires_at <= at:
        raise BadTie(_("Choose a time to come."), field="expires_at")
    Customer.objects.select_for_update().get(pk=customer.pk)
    made = tie(
        by,
        CustomerShare,
        customer.pk,
        to,
        reason=reason,
        level=level.value,
        expires_at=expires_at,
        at=at,
    )
    publish(CustomerShared(**_told(made), level=level.value, at=at))
    return made


@command(needs="customer.share")
def revoke_share(
    by: Actor, customer: Customer, share_id: int, /, *, at: datetime
) -> None:
    """
    Close ``customer`` again to whom it was shared with.

    :raises NotVisible: if ``customer`` has no such open share.
    """
    rows = CustomerShare._base_manager.select_for_update(of=("self",))
    found = rows.filter(pk=share_id, record=customer, ended_at=None).first()
    if found is None:
        raise NotVisible
    end_tie(found, at=at)
    publish(ShareRevoked(**_told(found), at=at))


def _told(share: CustomerShare) -> dict[str, int]:
    """Return what every event of a share says about it."""
    named = {"user_id": share.user_id, "team_id": share.team_id}
    return {
        "customer_id": share.record_id,
        "share_id": share.pk,
        **{name: pk for name, pk in named.items() if pk is not None},
    }
