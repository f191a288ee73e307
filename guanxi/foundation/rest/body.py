"""What a request brings: JSON, or a form with a file; anything else is refused by its type."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.parser import Parser

from guanxi.foundation.rest.problems import Problem

JSON = "application/json"
FORM = "multipart/form-data"


class TypedParser(Parser):
    """Ninja's own, for bodies that say what they are; one that says nothing is JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        """
        Return what the JSON of the body says.

        :raises Problem: 415, if it is announced as something else.
        """
        _require(request, ("", JSON))
        return super().parse_body(request)

    def parse_querydict(
        self,
        data: MultiValueDict,  # type: ignore[type-arg]  # -- as the original has it
        list_fields: list[str],
        request: HttpRequest,
    ) -> Any:
        """
        Return the fields of a query, or of a form.

        :raises Problem: 415, for a form that is announced as something else.
        """
        if data is request.POST:
            _require(request, (FORM,))
        return super().parse_querydict(data, list_fields, request)


def _require(request: HttpRequest, types: Sequence[str]) -> None:
    if request.content_type not in types:
        text = _("Send “Content-Type: %(type)s” with a body of that type.")
        raise Problem(415, "wrong_type", text % {"type": types[-1]})
