"""What all forms of this room share."""

import re

from django import forms

from guanxi.foundation.errors import Refused

_COMMAS = re.compile(r"[,，、;；\n\0]")


class RecordForm(forms.Form):
    """A form whose command may refuse what was typed."""

    def add_refusal(self, refusal: Refused) -> None:
        """Show a refusal at its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, refusal.message)


class Day(forms.DateField):
    """A day, typed with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Words(forms.CharField):
    """Words between commas of any kind, as a list."""

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]  # -- Django's own returns any
        """Return the words, without empty ones."""
        return split_words(str(value or ""))


def split_words(text: str) -> list[str]:
    """Return the words of ``text`` between commas of any kind."""
    words = (" ".join(word.split()) for word in _COMMAS.split(text))
    return [word for word in words if word]
