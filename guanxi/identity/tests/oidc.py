"""An identity provider on loopback that speaks OpenID Connect, as real ones do."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, KEY_ID = "guanxi", "a-secret-between-two", "k1"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """Who is signed in at the provider (``claims``), and what it was asked."""

    claims: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    denies: bool = False
    is_broken: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        """Return the document of section 4 of OpenID Connect Discovery 1.0."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser goes on: with a code, or with what went wrong."""
        back: dict[str, str] = {"state": asked["state"]}
        if self.denies:
            back["error"] = "access_denied"
        else:
            back["code"] = f"code-{len(self.codes)}"
            self.codes[back["code"]] = asked
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        """Return the tokens for a code, which works once; empty for a wrong one."""
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = sha256(sent.get("code_verifier", "").encode()).digest()
        proof = urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_right = (
            asked is not None
            and (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
            and asked["code_challenge"] == proof
        )
        if not is_right:
            return {}
        at = int(time())
        told = {"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 300}
        told |= {"sub": self.claims["sub"]}
        signed = jwt.encode(told, _KEY, "RS256", headers={"kid": KEY_ID})
        return {"access_token": "open", "token_type": "Bearer", "id_token": signed}


class _Answers(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        if path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(_flat(query)))
            self.end_headers()
        elif path.endswith("openid-configuration"):
            self._say({} if self.provider.is_broken else self.provider.discovery())
        elif path == "/userinfo":
            self._say(self.provider.claims)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        told = self.provider.token(_flat(self.rfile.read(length).decode()))
        self._say(told or {"error": "invalid_grant"}, 200 if told else 400)

    def _say(self, what: dict[str, Any], status: int = 200) -> None:
        if self.provider.is_broken:
            status = 503
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing on the terminal."""


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on a free port of loopback."""
    provider = Provider()
    handler = type("Answers", (_Answers,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
