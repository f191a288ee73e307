"""What every view of this room is called with."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from guanxi.identity.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in; `login_required` sees to it."""

    user: "User"
    htmx: "HtmxDetails"
