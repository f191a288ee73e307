"""What people enter about files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.errors import Refused
from guanxi.foundation.files.commands import LONGEST_NOTE, LONGEST_PLACE, FileFacts
from guanxi.foundation.files.names import LONGEST_BYTES
from guanxi.foundation.imports.source import too_large
from guanxi.foundation.models import StoredFile

MOST_AT_ONCE = 50


class Files(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each clean by itself."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files that were sent, without those of no name."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class PaperForm(forms.Form):
    """Where the paper original lies, and who may see it."""

    paper_place = forms.CharField(
        label=_("Where the paper original lies"),
        max_length=LONGEST_PLACE,
        required=False,
        help_text=_("Such as: cabinet 3, box 12. Leave it empty if there is none."),
    )
    note = forms.CharField(label=_("Remark"), max_length=LONGEST_NOTE, required=False)
    is_sensitive = forms.BooleanField(
        label=_("Sensitive: an ID card, a bank card, anything medical"),
        required=False,
        help_text=_("Only those who may see ID numbers in clear see it."),
    )

    def add_refusal(self, refusal: Refused) -> None:
        """Show a refusal at its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, refusal.message)

    def facts(self, name: str) -> FileFacts:
        """Return what was entered, for the file ``name``."""
        clean = self.cleaned_data
        return FileFacts(
            name=name,
            note=clean["note"],
            paper_place=clean["paper_place"],
            is_sensitive=clean["is_sensitive"],
        )


class NewFileForm(PaperForm):
    """Files, or a paper that was not scanned."""

    uploaded = FilesField(
        label=_("Files"),
        required=False,
        allow_empty_file=True,
        widget=Files(),
        help_text=_("Leave it empty to register a paper without a scan."),
    )
    name = forms.CharField(
        label=_("Name of the paper"),
        max_length=LONGEST_BYTES,
        required=False,
        help_text=_("Only for a paper without a scan, such as: signed frame contract."),
    )

    field_order = ("uploaded", "name", "paper_place", "note", "is_sensitive")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploaded"].widget.attrs |= {
            "data-most-bytes": settings.UPLOAD_LIMIT,
            "data-too-large": too_large(),
        }

    def uploads(self) -> Sequence[UploadedFile]:
        """Return the files that were sent."""
        found: Sequence[UploadedFile] = self.cleaned_data["uploaded"]
        return found[:MOST_AT_ONCE]


class FileForm(PaperForm):
    """What is said about one file."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_BYTES)

    field_order = ("name", "paper_place", "note", "is_sensitive")


def initial_of(file: StoredFile) -> dict[str, object]:
    """Return what a form about ``file`` shows first."""
    return {
        "name": file.name,
        "paper_place": file.paper_place,
        "note": file.note,
        "is_sensitive": file.is_sensitive,
    }
