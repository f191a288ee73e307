"""Programs that call the REST interface in tests."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.test import Client

from guanxi.foundation.actor import System
from guanxi.identity.commands.token import create_token
from guanxi.identity.models import Token, User

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

HOUSE = System("tests")
API = "/api/v1"


def token_of(user: User, *scopes: str) -> str:
    """Return the text of a token of ``user`` that was used just now."""
    at = datetime.now(UTC)
    token, text = create_token(
        HOUSE,
        user,
        name="测试",
        scopes=scopes or sorted(user.grants.depths),
        expires_at=at + timedelta(days=1),
        at=at,
    )
    # So that the first call does not write when it was used.
    Token.objects.filter(pk=token.pk).update(last_used_at=at + timedelta(hours=1))
    return text


class Program:
    """A caller with a token."""

    def __init__(self, token: str, *, language: str = "en") -> None:
        self.client = Client(
            headers={"authorization": f"Bearer {token}", "accept-language": language}
        )

    def get(self, path: str, **query: str | int) -> "Response":
        """Read."""
        return self.client.get(f"{API}{path}", query)

    def send(
        self, method: str, path: str, data: object = None, key: str = ""
    ) -> "Response":
        """Write, perhaps with an idempotency key."""
        headers: Mapping[str, Any] = {"idempotency-key": key} if key else {}
        return self.client.generic(
            method,
            f"{API}{path}",
            b"" if data is None else _json(data),
            content_type="application/json",
            headers=headers,
        )

    def post(self, path: str, data: object = None, key: str = "") -> "Response":
        """Create or do."""
        return self.send("POST", path, data, key)


def _json(data: object) -> bytes:
    return json.dumps(data).encode()
