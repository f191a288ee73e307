"""What every request passes: the viewer's language and time, and the face of refusals."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused, TooOften
from guanxi.foundation.imports.source import too_large
from guanxi.foundation.rest.problems import problem
from guanxi.foundation.viewer import viewer_of

Next = Callable[[HttpRequest], HttpResponse]
API = "/api/"
MINUTE = 60
SEEN = "seen_at"
# What a form adds to the file in it: its other fields, and the lines between them.
FORM_BYTES = 2**20


class IdleMiddleware:
    """
    Sign out whoever has asked for nothing for ``IDLE_MINUTES``; with 0, nobody.

    When somebody was seen stands in the session, written once a minute at most.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if settings.IDLE_MINUTES and has_session and request.user.is_authenticated:
            _end_if_idle(request, int(now().timestamp()))
        return self.get_response(request)


class PersonalMiddleware:
    """
    Speak the viewer's language in his time zone, and keep his pages out of caches.

    A visitor who has not signed in gets the language of his cookie, else the house's.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, zone = _preferences(request)
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_store=True)
        return response


class RefusalMiddleware:
    """Turn what commands and queries raise into answers a person can use."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Answer refusals with their sentence; leave bugs and the REST door alone."""
        if request.path.startswith(API):
            return None
        if isinstance(exception, NotVisible):
            return render(request, "404.html", status=404)
        if isinstance(exception, Denied):
            shut = (
                request.user.is_authenticated
                and exception.permission in viewer_of(request).grants.shut
            )
            return render(request, "403.html", {"is_shut": shut}, status=403)
        if isinstance(exception, Refused):
            return _refused(request, exception)
        return None


class UploadLimitMiddleware:
    """
    Refuse what is too large by its announced length, before any of it is received.

    A request that does not announce its length is read as an empty one.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        length = int(announced) if announced.isdecimal() else 0
        if length <= settings.UPLOAD_LIMIT + FORM_BYTES:
            return self.get_response(request)
        if request.path.startswith(API):
            return problem(413, detail=too_large())
        return _refusal_page(request, too_large(), 413)


def _end_if_idle(request: HttpRequest, at: int) -> None:
    """Sign out, or remember that somebody was seen at ``at``, in seconds."""
    seen = request.session.get(SEEN, at)
    if at - seen > settings.IDLE_MINUTES * MINUTE:
        logout(request)
    elif SEEN not in request.session or at - seen >= MINUTE:
        request.session[SEEN] = at


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Return the page that says why."""
    if isinstance(refusal, TooOften):
        answer = _refusal_page(request, refusal.message, 429)
        answer["Retry-After"] = str(refusal.wait)
        return answer
    status = 409 if isinstance(refusal, Conflict) else 400
    return _refusal_page(request, refusal.message, status)


def _refusal_page(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """Return the page that says ``sentence``; back finds the form as it was left."""
    context = {"sentence": sentence, "back": _page_before(request)}
    return render(request, "ui/refused.html", context, status=status)


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()})
    return before if ours and request.method == "POST" else ""


def _preferences(request: HttpRequest) -> tuple[str, zoneinfo.ZoneInfo]:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    zone = settings.TIME_ZONE
    # Without a session there is nobody to ask for.
    if (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        and request.user.is_authenticated
    ):
        viewer = viewer_of(request)
        chosen = viewer.language or chosen
        zone = viewer.time_zone or zone
    language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return language, zoneinfo.ZoneInfo(zone)
