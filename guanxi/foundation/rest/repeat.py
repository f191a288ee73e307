"""
Asking twice does it once: the ``Idempotency-Key`` of a POST.

The key, what was done and the answer are one transaction. An answer may hold what few may
read: it is sealed with the secret of the house, for the caller's own token and key. A retry with the same key
and the same request gets the same answer; a crash leaves neither. Refusals are not
kept: nothing was done, so asking again is harmless.
"""

import hmac
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from hashlib import blake2b, sha256
from typing import Any, cast

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.foundation.clock import now
from guanxi.foundation.models import Answered
from guanxi.foundation.rest.call import Call
from guanxi.foundation.rest.problems import Problem

KEPT = timedelta(hours=24)
LONGEST_KEY = 100
NONCE_BYTES = 12
# A nonce and a seal that opens nothing.
EMPTY_BYTES = NONCE_BYTES + 16
View = Callable[..., HttpResponse]


def repeatable(view: View) -> View:
    """Let a POST that carries a key be done once, however often it is sent."""

    @wraps(view)
    def run(request: Call, **values: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not key:
            return view(request, **values)
        if len(key) > LONGEST_KEY:
            raise Problem(400, "bad_key", _("The key has at most 100 characters."))
        with transaction.atomic():
            return _once(request, key, lambda: view(request, **values), at=now())

    return run


def forget_answers(at: datetime) -> None:
    """Remove the answers that are kept long enough."""
    Answered.objects.filter(at__lt=at - KEPT).delete()


def forget_contents(_pks: Sequence[int], _signs: Sequence[str]) -> None:
    """
    Forget what was answered, because somebody is erased; that it was done stays.

    The answers are sealed for their callers: nobody can look for the person in them.
    """
    Answered.objects.update(body=bytes(EMPTY_BYTES))


def _once(
    request: Call, key: str, do: Callable[[], HttpResponse], *, at: datetime
) -> HttpResponse:
    user_id = request.auth.actor_id
    assert user_id is not None  # the house itself does not call
    _claim(user_id, key)
    asked = _fingerprint(request)
    mine = Answered.objects.filter(user_id=user_id, key=key)
    before = mine.first()
    if before is not None and before.at >= at - KEPT:
        return _again(request, before, asked)
    mine.delete()
    response = do()
    # The view may have saved a failure of its own; only what was done is kept.
    if response.status_code < 300:
        Answered.objects.create(
            user_id=user_id,
            key=key,
            request_hash=asked,
            status=response.status_code,
            body=_sealed(request, key, _packed(response)),
            at=at,
        )
    return response


def _claim(user_id: int, key: str) -> None:
    """
    Hold the key until the end of the transaction.

    :raises Problem: 409, if another request holds it now.
    """
    digest = blake2b(f"{user_id}:{key}".encode(), digest_size=8).digest()
    lock = int.from_bytes(digest, signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        (is_mine,) = cursor.fetchone()
    if not is_mine:
        text = _("The same request is being worked on. Ask again in a moment.")
        raise Problem(409, "in_progress", text)


def _again(request: Call, before: Answered, asked: str) -> HttpResponse:
    if before.request_hash != asked:
        raise _reused()
    headers, body = _unpacked(_opened(request, before))
    response = HttpResponse(body, status=before.status, headers=headers)
    response["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: Call) -> str:
    """
    Return a hash of what was asked: by whom, where, and the content, not read twice.

    A person's tokens have rights of their own: none is told what another was answered.
    """
    seen = sha256()
    for part in (request.headers.get("Authorization", ""), request.get_full_path()):
        seen.update(f"{len(part)} {part}".encode())
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            seen.update(orjson.dumps([name, values]))
        for name in sorted(request.FILES):
            file = cast(UploadedFile, request.FILES[name])
            seen.update(name.encode())
            for chunk in file.chunks():
                seen.update(chunk)
            file.seek(0)
    else:
        seen.update(request.body)
    return seen.hexdigest()


def _sealed(request: Call, key: str, packed: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(request, key).encrypt(nonce, packed, None)


def _opened(request: Call, before: Answered) -> bytes:
    """
    Return a kept answer.

    :raises Problem: 422, if the house has got another secret since.
    """
    stored = bytes(before.body)
    nonce, sealed = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
    try:
        return _cipher(request, before.key).decrypt(nonce, sealed, None)
    except InvalidTag as error:
        raise _reused() from error


def _cipher(request: Call, key: str) -> AESGCM:
    """Return what seals the answers to one caller; the database knows no part of it."""
    token = request.headers.get("Authorization", "")
    message = f"answer\0{token}\0{key}".encode()
    return AESGCM(hmac.digest(settings.SECRET_KEY.encode(), message, "sha256"))


def _reused() -> Problem:
    text = _("Use a new key for another request.")
    return Problem(422, "key_reused", text)


def _packed(response: HttpResponse) -> bytes:
    kept = {
        name: response[name]
        for name in ("Content-Type", "Location")
        if name in response
    }
    return orjson.dumps(kept) + b"\n" + response.content


def _unpacked(stored: bytes) -> tuple[dict[str, str], bytes]:
    headers, _newline, body = stored.partition(b"\n")
    return orjson.loads(headers), body
