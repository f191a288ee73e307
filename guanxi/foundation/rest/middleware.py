"""Around everything under /api/: the caller's language, and problems for every failure."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from guanxi.foundation.rest.problems import MEDIA_TYPE, problem

API = "/api/"
Next = Callable[[HttpRequest], HttpResponse]


class RestMiddleware:
    """
    Answer programs in the language they accept, and never with a page of error.

    What the router refuses by itself (no such address, a wrong method) and what broke
    becomes a problem as well. Pages of people's language pass by untouched.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API):
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
            if response.status_code >= 400 and not _is_told(response):
                allow = {"Allow": response["Allow"]} if "Allow" in response else {}
                response = problem(response.status_code, headers=allow)
        response["Content-Language"] = language
        return response


def _is_told(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
