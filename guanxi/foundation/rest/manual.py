"""The OpenAPI document as a page for people, made of the document itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from guanxi.foundation.rest.problems import titles

METHODS = ("get", "post", "put", "patch", "delete")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """One parameter or field: its name, its type in short, and whether it must be."""

    name: str
    type: str
    is_needed: bool


@dataclass(frozen=True)
class Operation:
    """One thing a program can ask for."""

    key: str
    method: str
    path: str
    summary: str
    parameters: Sequence[Value]
    fields: Sequence[Value]
    answer: str


@dataclass(frozen=True)
class ShownSchema:
    """The fields of one kind of answer."""

    name: str
    fields: Sequence[Value]


def manual_page(request: HttpRequest, document: Document, url: str) -> HttpResponse:
    """Show ``document``, which itself stands at ``url``."""
    problems = [
        (status, code, title) for status, (code, title) in sorted(titles().items())
    ]
    context = {
        "groups": _groups(document),
        "schemas": list(_answers(document)),
        "problems": problems,
        "document_url": url,
        "server": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "ui/api.html", context)


def _groups(document: Document) -> Mapping[str, Sequence[Operation]]:
    """Return the operations by their tag, in the sequence of the document."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                details = methods[method]
                group = groups.setdefault(details["tags"][0], [])
                group.append(_operation(document, method, path, details))
    return groups


def _operation(
    document: Document, method: str, path: str, details: Mapping[str, Any]
) -> Operation:
    content = details.get("requestBody", {}).get("content", {})
    fields: list[Value] = []
    for body in content.values():
        fields += _fields(_resolved(document, body["schema"]))
    return Operation(
        key=details["operationId"],
        method=method.upper(),
        path=path,
        summary=gettext(details["summary"]),
        parameters=[
            Value(one["name"], _type(one["schema"]), one["required"])
            for one in details["parameters"]
        ],
        fields=fields,
        answer=_answer(details["responses"]),
    )


def _answer(responses: Mapping[Any, Any]) -> str:
    for answer in responses.values():
        for body in answer.get("content", {}).values():
            return _type(body["schema"])
    return ""


def _answers(document: Document) -> Iterator[ShownSchema]:
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema and schema.get("required") == ["id"]:
            yield ShownSchema(name, _fields(schema))


def _fields(schema: Mapping[str, Any]) -> Sequence[Value]:
    needed = schema.get("required", [])
    return [
        Value(name, _type(one), name in needed)
        for name, one in schema.get("properties", {}).items()
    ]


def _resolved(document: Document, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rsplit("/", 1)[-1]
    found: Mapping[str, Any] = document["components"]["schemas"][name]
    return found


def _type(schema: Mapping[str, Any]) -> str:
    """Return a type in short: ``integer``, ``date?``, ``LineInput[]``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        kinds = [_type(one) for one in schema["anyOf"]]
        plain = " | ".join(dict.fromkeys(k for k in kinds if k != "null"))
        return f"{plain}?" if "null" in kinds else plain
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}[]"
    return str(schema.get("format") or schema.get("type", ""))
