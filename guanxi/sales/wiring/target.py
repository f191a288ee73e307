"""How targets plug in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.erasing.declared import Impersonal
from guanxi.foundation.rooms import Nav, Room

room = Room(
    nav=[
        Nav(
            pgettext_lazy("plan", "Targets"),
            "sales:targets",
            needs="target.read",
            icon="target",
            group=_("Sales"),
            order=40,
        ),
    ],
    impersonal=[
        Impersonal(["sales.Target"], "Tells what our own people are to reach.")
    ],
)
