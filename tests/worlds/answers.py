"""Asks, and makes of an answer what may be compared byte for byte."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied
from guanxi.foundation.imports import engine
from guanxi.foundation.imports.commands import begin, lack_of
from guanxi.foundation.tests.factories import checked_file
from tests.worlds.scene import Asker

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

# What is no address: a file is tried, and its page asked for.
TRY = "TRY"
FIRST_NEW_ID = 5_000_000
_FROM_THE_SAME_NUMBER = """
    SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, least(max_value, %s))
    FROM pg_sequences WHERE schemaname = current_schema()
"""
_LAST_NUMBERS = """
    SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, 1)
    FROM pg_sequences WHERE schemaname = current_schema()
"""
# What may differ, and why; anything else is a leak.
ALLOWED: Mapping[str, str] = {
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]*': "a secret of each page",
    r'(?<="x-csrftoken": ")[^"]*': "a secret of each page",
    r"(?<=nonce-)[\w+/=-]{16,}": "a secret of each page",
    r'(?<=nonce=")[\w+/=-]{16,}': "a secret of each page",
    r"(?<=/undo/)[\w-]{12}": "a secret of each toast",
    r'(?<=name="line" value=")[0-9a-f]{6}(?=")|(?<=-key" value=")[0-9a-f]{6}(?=")|(?<=-primary" value=")[0-9a-f]{6}(?=")': (
        "draws a name for a new line"
    ),
    r'(?<=name=")[0-9a-f]{6}(?=-)|(?<=="id_)[0-9a-f]{6}(?=-)': "the same name",
    r'(?<="point-)[0-9a-f]{6}(?=-)|(?<="id_point-)[0-9a-f]{6}(?=-)': "the same name",
    r'(?<=="amount-)[0-9a-f]{6}(?=")': "the same name",
    r"(?<=csrftoken=)\w+": "a secret of each session",
    r"(?<=sessionid=)\w+": "a secret of each session",
    r"gx_[\w-]{30,}": "draws a new key for a program, and shows it once",
    r"(?<=own-)\d+": "numbers the sets of data of the house, which bind everybody",
    r"(?:约|約) ?[\d.,]+ ?[万億亿]?(?= ?条)|about [\d.,kM]+(?= row)": (
        "the planner's estimate of long lists; it comes from the statistics of all rows"
    ),
}
_ALLOWED = re.compile("|".join(f"(?:{pattern})" for pattern in ALLOWED))


_LENGTH = re.compile(r"(?<=\n)Content-Length: \d+")


@dataclass(frozen=True)
class Question:
    """One request: what ``asker`` sends, as a page or as a program."""

    method: str
    path: str
    query: Mapping[str, Any] | None = None
    data: Any = None
    is_fragment: bool = False

    @property
    def is_rest(self) -> bool:
        """Whether a program asks."""
        return self.path.startswith("/api/")

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.query or ''} {self.data or ''}"


def answer_to(asker: Asker, question: Question) -> str:
    """Return status, headers and body of the answer; whatever was done is undone."""
    with transaction.atomic():
        if question.method != "GET":
            number_from(FIRST_NEW_ID)
        told = _told(_sent(asker, question))
        transaction.set_rollback(True)
    return told


def number_from(number: int) -> None:
    """Let the records that come next have the same numbers in either world."""
    with connection.cursor() as cursor:
        cursor.execute(_FROM_THE_SAME_NUMBER, [number])


@contextmanager
def numbered_from(number: int) -> Iterator[None]:
    """
    Number new records from ``number`` on, whatever other tests counted up to.

    Sequences do not go back with a transaction; so they are set back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST_NUMBERS)
        numbers = cursor.fetchall()
    number_from(number)
    yield
    with connection.cursor() as cursor:
        cursor.executemany("SELECT setval(%s::regclass, %s)", numbers)


def _sent(asker: Asker, question: Question) -> "Response":
    if question.method == TRY:
        question = _tried(asker, question)
    client = Client(raise_request_exception=False)
    query, headers = question.query, {"accept-language": "zh-hans"}
    if question.is_rest:
        headers["authorization"] = f"Bearer {asker.token}"
        if _file_in(question.data) is None:
            body = "" if question.data is None else json.dumps(question.data)
            return client.generic(
                question.method,
                question.path,
                body,
                content_type="application/json",
                headers=headers,
                query_params=query,
            )
    else:
        client.cookies[settings.SESSION_COOKIE_NAME] = asker.cookie
    if question.is_fragment:
        headers["HX-Request"] = "true"
    if question.method == "GET":
        return client.get(question.path, query, headers=headers)
    return client.post(question.path, question.data or {}, headers=headers)


def _tried(asker: Asker, question: Question) -> Question:
    """Try a file, take it in, and return the question that shows what became of it."""
    kind, text = question.data["kind"], question.data["text"]
    try:
        run = checked_file(asker.actor, kind, text)
    except Denied:
        return Question("GET", reverse("imports:runs"))
    # Who may fill no field that tells the customer has nothing to take in.
    if question.data["is_taken_in"] and not lack_of(run):
        engine.execute(asker.actor, begin(asker.actor, run, at=now()))
    return Question("GET", reverse("imports:run", args=[run.pk]))


def _file_in(data: Any) -> Any:
    """Return the file that is sent along, at its beginning."""
    file = data.get("file") if isinstance(data, Mapping) else None
    if file is not None:
        file.seek(0)
    return file


def _told(response: "Response") -> str:
    body = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{k}: {v}" for k, v in sorted(response.items()))
    text = f"{response.status_code}\n{headers}\n{_cookies(response)}\n\n"
    try:
        text += body.decode()
    except UnicodeDecodeError:
        text += body.hex()
    # How long the answer is goes with its body, of which some may differ.
    return _LENGTH.sub("Content-Length: …", _ALLOWED.sub("…", text), count=1)


def _cookies(response: "Response") -> str:
    """Return the cookies, and what those tell that carry messages to the next page."""
    plain = [c.output() for name, c in response.cookies.items() if name != "messages"]
    carried = response.cookies.get("messages")
    told = CookieStorage(HttpRequest())._decode(carried.value) if carried else None  # type: ignore[attr-defined]  # -- its own word for it
    words = [f"{one.level} {one.message} {one.extra_tags}" for one in told or []]
    return "\n".join([*plain, *words])
