"""What went wrong, told to a program: RFC 9457, in the caller's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused, TooOften
from guanxi.foundation.rest.call import encoded

MEDIA_TYPE = "application/problem+json"
MANUAL = "/help/api/"
# A database that stopped is usually back within seconds.
SOON_SECONDS = 5


@dataclass(frozen=True)
class Wrong:
    """One input that does not fit: where it stands, and what is wrong with it."""

    field: str
    message: str


class Problem(Exception):
    """Something a program is told instead of an answer."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


class BadInput(Exception):
    """The caller sent what he may not write, or what does not fit."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def titles() -> dict[int, tuple[str, str]]:
    """Return code and title of each status that a problem may have."""
    return {
        400: ("invalid", _("The request cannot be carried out as it is.")),
        401: ("not_signed_in", _("A valid token is needed.")),
        403: ("denied", _("You do not have the right to do this.")),
        404: ("not_found", _("There is nothing here that you may see.")),
        405: ("wrong_method", _("This address does not take this method.")),
        409: ("conflict", _("Somebody else changed this meanwhile.")),
        413: ("too_large", _("The request is too large.")),
        415: ("wrong_type", _("The request is of a type that is not taken here.")),
        422: ("key_reused", _("This key was used for another request.")),
        429: ("throttled", _("Too many requests.")),
        500: ("broken", _("Something went wrong on our side.")),
        503: ("unavailable", _("The database does not answer at the moment.")),
    }


def problem(
    status: int,
    code: str = "",
    detail: str = "",
    *,
    wrong: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the answer that tells a problem."""
    usual, title = titles().get(status, ("invalid", _("The request was refused.")))
    code = code or usual
    body: dict[str, object] = {
        "type": f"{MANUAL}#problem-{usual}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
    }
    if wrong:
        body["errors"] = [{"field": w.field, "message": w.message} for w in wrong]
    response = HttpResponse(
        encoded(body), status=status, content_type=MEDIA_TYPE, headers=headers
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def tell_problems(api: NinjaAPI) -> None:
    """Let ``api`` answer every refusal with a problem; bugs fall."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        NotVisible: lambda request, error: problem(404),
        Http404: lambda request, error: problem(404),
        Denied: _denied,
        Refused: _refused,
        BadInput: lambda request, error: bad_input(error.wrong),
        Problem: _problem,
        ValidationError: lambda request, error: bad_input(_wrong(error)),
        HttpError: _router_error,
        OperationalError: _unavailable,
        InterfaceError: _unavailable,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def bad_input(wrong: Sequence[Wrong]) -> HttpResponse:
    """Answer that some inputs do not fit, each with its sentence."""
    text = _("Correct the fields named in “errors”.")
    return problem(400, "invalid", text, wrong=wrong)


def no_such_field() -> str:
    """Return what is said of a field that is not there, or not the caller's to write."""
    return _("There is no such field that you may write.")


def _denied(request: HttpRequest, error: Denied) -> HttpResponse:
    text = _("The right “%(right)s” is needed.") % {"right": error.permission}
    actor = getattr(request, "auth", None)
    if isinstance(actor, Actor) and error.permission in actor.grants.shut:
        text = _(
            "“%(right)s” is closed until the person behind the token has done what is "
            "overdue: /settings/duties/ says what it is."
        ) % {"right": error.permission}
    return problem(403, detail=text)


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    if isinstance(error, TooOften):
        wait = {"Retry-After": str(error.wait)}
        return problem(429, error.code, error.message, headers=wait)
    status = 409 if isinstance(error, Conflict) else 400
    wrong = [Wrong(error.field, error.message)] if error.field else []
    return problem(status, error.code, error.message, wrong=wrong)


def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem(error.status, error.code, error.detail)


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    text = _("Nothing was done. Try again in a moment, with the same key.")
    return problem(503, detail=text, headers={"Retry-After": str(SOON_SECONDS)})


def _router_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # What the parser of the body tells comes wrapped in an error of the router.
    if isinstance(error.__cause__, Problem):
        return _problem(request, error.__cause__)
    return problem(error.status_code, detail=_unreadable(error))


def _unreadable(error: HttpError) -> str:
    """Return what to say of a body that is no JSON; empty for any other refusal."""
    is_json = not isinstance(error.__cause__, ValueError)
    return "" if is_json else _("The body is not valid JSON.")


def _wrong(error: ValidationError) -> list[Wrong]:
    return [Wrong(_place(one["loc"]), _message(one)) for one in error.errors]


def _place(location: Sequence[object]) -> str:
    """Return the path of an input as the caller wrote it: ``lines.0.quantity``."""
    # The first part is where it stands (body, query), the second our parameter.
    steps = [str(step) for step in location[1:]]
    return ".".join(steps[1:] if len(steps) > 1 else steps)


def _message(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "missing":
        return _("This is needed.")
    if kind == "extra_forbidden":
        return no_such_field()
    if kind in {"enum", "literal_error"}:
        return _("One of these is needed: %(words)s.") % {
            "words": error["ctx"]["expected"].replace(" or ", ", ")
        }
    if kind.startswith(("greater_than", "less_than", "too_", "string_too")):
        return _("This is too long, too short, too large or too small.")
    return _("This is not a value of this field.")
