"""Why a person is erased, and how we made sure who asked."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ErasureReason(TextChoices):
    """The cases of PIPL 47 and GDPR 17 in which we erase."""

    REQUEST = "request", pgettext_lazy("erasure", "The person asks for it")
    WITHDRAWN = "withdrawn", _("Consent withdrawn")
    PURPOSE = "purpose", _("No longer needed for its purpose")
    UNLAWFUL = "unlawful", _("Was not lawfully collected")
    RETENTION = "retention", _("The time of keeping is over")


class IdentityCheck(TextChoices):
    """How we made sure that it is the person who asks."""

    DOCUMENT = "document", _("Identity document seen")
    CALL_BACK = "call_back", _("Called back on the known number")
    MAIL_BACK = "mail_back", _("Asked back at the known e-mail address")
    KNOWN = "known", _("Known in person")
    OWN_MOTION = "own_motion", _("Nobody asked: we do it on our own")
