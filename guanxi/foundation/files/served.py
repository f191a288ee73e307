"""The answer that hands a content out: as a download, in a sandbox, and on record."""

from datetime import datetime

from django.http import FileResponse

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_access
from guanxi.foundation.files.places import field_of
from guanxi.foundation.files.queries import Attached, content_of
from guanxi.foundation.files.store import PREVIEW, THUMB

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
_PICTURE = "image/webp"


def hand_out(
    viewer: Actor, found: Attached, part: str = "", *, at: datetime
) -> FileResponse:
    """
    Stream a content or a picture of it, and note who had it.

    A thumbnail tells no more than the list it stands in, which is on record already.

    :raises NotServed: while it is being checked, and for good if it is not trusted.
    """
    file = found.file
    content = content_of(file, part).open("rb")
    if part != THUMB:
        record_access(
            viewer,
            "view" if part == PREVIEW else "download",
            file.kind,
            fields=[field_of(is_sensitive=file.is_sensitive)],
            pks=[file.record_id],
            reason=f"#{file.pk}",
            at=at,
        )
    answer = FileResponse(
        content,
        as_attachment=True,
        filename=f"{file.name}.webp" if part else file.name,
        content_type=_PICTURE if part else file.media,
    )
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
