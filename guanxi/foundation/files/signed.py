"""Addresses under which a content can be fetched: for one person, for some minutes."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.files.store import PARTS
from guanxi.foundation.models import StoredFile

LASTS = timedelta(minutes=10)
_SALT = "guanxi.files"


def address_of(file: StoredFile, viewer: Actor, part: str = "") -> str:
    """Return where ``viewer`` can fetch a content, or a picture of it."""
    token = signing.dumps([file.pk, viewer.actor_id, part], salt=_SALT)
    return reverse("files:content", args=[token])


def opened(token: str, viewer: Actor) -> tuple[int, str]:
    """
    Return the number of the file and the part that an address of ``viewer`` names.

    :raises NotVisible: for an address that is forged, too old or somebody else's.
    """
    try:
        pk, whom, part = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise NotVisible from error
    if whom != viewer.actor_id or part not in PARTS:
        raise NotVisible
    return int(pk), str(part)
