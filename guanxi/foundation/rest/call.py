"""A request of a program, and the answers it gets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from guanxi.foundation.actor import Actor


class Call(HttpRequest):
    """A request whose caller is known: ``auth`` is who acts."""

    auth: Actor


def encoded(data: object) -> bytes:
    """Return ``data`` as JSON: amounts as exact texts, times with their offset."""
    return orjson.dumps(data, default=_text)


def answer(
    data: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Answer with ``data`` as JSON."""
    return HttpResponse(
        encoded(data), status=status, content_type="application/json", headers=headers
    )


def made(record: Mapping[str, Any], path: str) -> HttpResponse:
    """Answer that ``record`` was made and stands at ``path`` below the one asked."""
    return answer(record, 201, {"Location": path})


def nothing() -> HttpResponse:
    """Answer that it was done and there is nothing to show."""
    return HttpResponse(status=204)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
