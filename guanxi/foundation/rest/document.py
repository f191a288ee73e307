"""
What the OpenAPI document says of every operation alike: problems, and doing things once.

The router writes what each operation takes and answers; how requests are refused and
repeated is the same everywhere, so it is told here, from what the code uses.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import override
from ninja.openapi.schema import OpenAPISchema

from guanxi.foundation.rest.problems import MEDIA_TYPE, titles
from guanxi.foundation.rest.repeat import KEPT, LONGEST_KEY

Part = dict[str, Any]

DESCRIPTION = (
    "Lists take the filters of their pages in `where` and go on from `after`, the `next` "
    "of the page before. Amounts are exact texts, instants have their offset, days are "
    "ISO dates. Refusals are problems as RFC 9457 says, in the language of "
    "`Accept-Language`."
)
_TEXT = {"type": "string"}
_LATER: Part = {
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_SIGN_IN: Part = {"WWW-Authenticate": {"description": "Bearer.", "schema": _TEXT}}
_HEADERS: Mapping[int, Part] = {401: _SIGN_IN, 429: _LATER, 503: _LATER}
_LOCATION = {"description": "Where the new record stands.", "schema": _TEXT}
_PROBLEM: Part = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {**_TEXT, "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {**_TEXT, "description": "For programs."},
        "detail": {**_TEXT, "description": "For people."},
        "errors": {
            "type": "array",
            "description": "The fields to correct.",
            "items": {"$ref": "#/components/schemas/WrongField"},
        },
    },
}
_WRONG_FIELD: Part = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {
        "field": {**_TEXT, "description": "Its path, such as lines.0.quantity."},
        "message": _TEXT,
    },
}
_KEY: Part = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "A text of your choice. For "
        f"{KEPT.total_seconds() // 3600:.0f} hours the same key with the same request "
        "gets the same answer, marked Idempotency-Replayed, and nothing is done twice."
    ),
    "schema": {**_TEXT, "maxLength": LONGEST_KEY},
}


def complete(document: OpenAPISchema) -> OpenAPISchema:
    """Return ``document`` with problems, keys and headers added to every operation."""
    components = document["components"]
    components["schemas"] |= {"Problem": _PROBLEM, "WrongField": _WRONG_FIELD}
    components["responses"] = dict(_problems())
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete_operation(path, method, operation)
    return document


def _problems() -> Iterator[tuple[str, Part]]:
    with override("en"):
        for status, (code, title) in titles().items():
            schema = {"$ref": "#/components/schemas/Problem"}
            told: Part = {
                "description": title,
                "content": {MEDIA_TYPE: {"schema": schema}},
            }
            if headers := _HEADERS.get(status):
                told["headers"] = headers
            yield code, told


def _complete_operation(path: str, method: str, operation: Part) -> None:
    responses = operation["responses"]
    if 201 in responses:
        responses[201]["headers"] = {"Location": _LOCATION}
    if method == "post":
        operation["parameters"].append(_KEY)
    known = titles()
    for status in _refusals(path, method, operation):
        code, _title = known[status]
        responses[status] = {"$ref": f"#/components/responses/{code}"}


def _refusals(path: str, method: str, operation: Part) -> Iterator[int]:
    """Yield the statuses of the problems that an operation can answer with."""
    writes = method != "get"
    if writes or operation["parameters"]:
        yield 400
    yield from (401, 403)
    if "{" in path:
        yield 404
    if writes:
        yield 409
    if "requestBody" in operation:
        yield from (413, 415)
    if method == "post":
        yield 422
    yield from (429, 503)
