"""A browser without a screen: one kept connection, cookies, nothing else."""

import html
import re
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str

    @property
    def text(self) -> str:
        """The body as text, entities resolved."""
        return html.unescape(self.body.decode())


class Browser:
    """One visitor of the house on ``port``; ``cookies`` may be another's."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Fetch ``path``."""
        return self._ask("GET", path, headers or {})

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form, with the token of the cookie."""
        token = {"X-CSRFToken": self.cookies.get("csrftoken", "")}
        return self._ask("POST", path, _FORM | token, urlencode(fields))

    def sign_in(self, name: str, password: str) -> None:
        """
        Sign in through the page that people use.

        :raises SystemExit: if that fails.
        """
        page = self.get("/accounts/login/").body.decode()
        fields = {"login": name, "password": password}
        found = _TOKEN.search(page)
        if found:
            fields["csrfmiddlewaretoken"] = found[1]
        if self.post("/accounts/login/", fields).status != 302:
            raise SystemExit(f"{name} could not sign in")

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> Answer:
        sent = dict(headers)
        if "Authorization" not in headers:  # a program keeps no cookies
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            sent["Cookie"] = "; ".join(pairs)
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.value
        return Answer(answer.status, answer.read(), answer.headers.get("Location", ""))
