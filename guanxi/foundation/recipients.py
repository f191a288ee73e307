"""To whom the foundation sends personal data."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.files.places import FILES, SENSITIVE_FILES
from guanxi.foundation.policies import all_policies
from guanxi.foundation.purposes import Recipient


def scanner(_viewer: Actor, _at: datetime) -> Iterator[Recipient]:
    """Yield the program that looks for viruses in files, if there is one."""
    if settings.CLAMD:
        files = {
            policy.permission(name)
            for policy in all_policies()
            for name in (FILES, SENSITIVE_FILES)
            if name in policy.fields
        }
        yield Recipient(_("Check of files for viruses"), settings.CLAMD, files)
