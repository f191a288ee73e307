"""What every request passes: the viewer's language and time, and the face of refusals."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused

Next = Callable[[HttpRequest], HttpResponse]
API = "/api/"


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
            return error_page(request, 404)
        if isinstance(exception, Denied):
            return error_page(request, 403)
        if isinstance(exception, Refused):
            status = 409 if isinstance(exception, Conflict) else 400
            return error_page(request, status, exception.message)
        return None


def error_page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """Return the page of an error: what happened, what it means, what to do."""
    title, meaning = _told(status)
    context = {"title": title, "sentence": sentence or meaning, "status": status}
    return render(request, "ui/error.html", context, status=status)


def _told(status: int) -> tuple[str, str]:
    if status == 404:
        return _("Not found"), _(
            "There is nothing at this address that you may see. It may have been moved "
            "or deleted, or it belongs to another team."
        )
    if status == 403:
        return _("Not allowed"), _(
            "Your roles do not include this step, and nothing was changed. An "
            "administrator can give you the right."
        )
    return _("Not possible now"), _(
        "The request could not be carried out, and nothing was changed."
    )


def _preferences(request: HttpRequest) -> tuple[str, zoneinfo.ZoneInfo]:
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    zone = settings.TIME_ZONE
    # Without a session there is nobody to ask for.
    if (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        and request.user.is_authenticated
    ):
        chosen = request.user.language or chosen
        zone = request.user.time_zone or zone
    language = chosen if chosen in known else settings.LANGUAGE_CODE
    return language, zoneinfo.ZoneInfo(zone)
