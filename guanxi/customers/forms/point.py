"""The repeated part of the form: ways to reach a customer."""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import astuple

from django import forms
from django.http import QueryDict

from guanxi.customers.models import ContactPoint
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import Point, normal_point
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.invalid import Invalid

MOST_POINTS = 40
_KEY = re.compile(r"[0-9a-f]{6}")
_INPUTS = {PointKind.PHONE: "tel", PointKind.EMAIL: "email", PointKind.WECHAT: "text"}


class PointForm(forms.Form):
    """One way to reach a customer; an empty one is left out."""

    text = forms.CharField(required=False, max_length=254)
    label = forms.CharField(required=False, max_length=40)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: PointKind,
        key: str = "",
        point: Point | None = None,
        is_primary: bool = False,
    ) -> None:
        self.key = key or secrets.token_hex(3)
        self.kind = kind
        self.is_primary = is_primary or bool(point and point.is_primary)
        initial = {"text": point.text, "label": point.label} if point else None
        super().__init__(data, prefix=f"point-{self.key}", initial=initial)

    @property
    def input_type(self) -> str:
        """What keyboard a phone offers for it."""
        return _INPUTS[self.kind]

    def clean_text(self) -> str:
        """Return the text if it can be normalized."""
        text: str = self.cleaned_data["text"].strip()
        if text:
            try:
                normal_point(self.kind, text)
            except Invalid as error:
                raise forms.ValidationError(str(error), code=error.code) from error
        return text

    def point(self) -> Point | None:
        """Return what was typed, or None for an empty row."""
        text = self.cleaned_data["text"]
        if not text:
            return None
        return Point(self.kind, text, self.cleaned_data["label"], self.is_primary)


class PointForms:
    """
    All rows of one form, by kind.

    A kind the viewer sees only masked has rows for new points alone; a hidden one none.
    ``base`` is what the rows said when the form was opened: what others added meanwhile
    is not missing from them.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        viewer: Actor,
        points: Sequence[ContactPoint] = (),
        is_new: bool,
    ) -> None:
        self.kinds = [
            kind for kind in PointKind if CUSTOMER.level(viewer, kind) > Level.HIDDEN
        ]
        self.opened = [
            Point(PointKind(point.kind), point.shown, point.label, point.is_primary)
            for point in points
            if CUSTOMER.level(viewer, point.kind) is Level.WRITE
        ]
        self.base = _written(self.opened)
        if data is None:
            self.rows = self._opened_rows(is_new=is_new)
        else:
            self.base = data.get("points-base", "")
            self.rows = [row for kind in self.kinds for row in _sent_rows(data, kind)]

    def is_valid(self) -> bool:
        """Tell whether every row is in order."""
        wrong = [row for row in self.rows if not row.is_valid()]
        return not wrong

    def points(self) -> list[Point]:
        """Return what was typed, without empty rows."""
        return [point for row in self.rows if (point := row.point())]

    @property
    def is_touched(self) -> bool:
        """Whether the rows say something else than when the form was opened."""
        return _written(self.points()) != self.base

    def groups(self) -> list[tuple[PointKind, list[PointForm]]]:
        """Return the rows of each kind, for the page."""
        return [
            (kind, [row for row in self.rows if row.kind is kind])
            for kind in self.kinds
        ]

    def _opened_rows(self, *, is_new: bool) -> list[PointForm]:
        rows = [PointForm(kind=point.kind, point=point) for point in self.opened]
        if is_new:
            rows += [
                PointForm(kind=kind, is_primary=True)
                for kind in self.kinds
                if kind is not PointKind.WECHAT
            ]
        return rows


def _written(points: Sequence[Point]) -> str:
    """Return ``points`` as the page keeps them, whatever order they are shown in."""
    return json.dumps(sorted(astuple(point) for point in points))


def _sent_rows(data: QueryDict, kind: PointKind) -> list[PointForm]:
    keys = [key for key in data.getlist(f"{kind}-key") if _KEY.fullmatch(key)]
    primary = data.get(f"{kind}-primary")
    return [
        PointForm(data, kind=kind, key=key, is_primary=key == primary)
        for key in keys[:MOST_POINTS]
    ]
