"""What people enter about an import: the file, the mapping, the name of a mapping."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2s
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import grouped
from guanxi.foundation.imports.commands import Choices
from guanxi.foundation.imports.kinds import ImportKind, answer_key, import_kind
from guanxi.foundation.imports.queries import import_maps, kinds_for
from guanxi.foundation.imports.source import too_large
from guanxi.foundation.models import ImportRun

if TYPE_CHECKING:
    from guanxi.foundation.words import Words

DELIMITERS: Sequence[tuple[str, "Words"]] = (
    (",", gettext_lazy("Comma")),
    (";", gettext_lazy("Semicolon")),
    ("\t", gettext_lazy("Tab")),
    ("|", gettext_lazy("Vertical bar")),
    (" ", gettext_lazy("Blanks")),
)
ENCODINGS = (
    "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5",
    "cp932", "cp949", "cp1252", "cp1251",
)  # fmt: skip
DATES: Sequence[tuple[str, "Words"]] = (
    ("ymd", gettext_lazy("Year, month, day (2024-12-31)")),
    ("compact", gettext_lazy("Eight digits (20241231)")),
    ("dmy", gettext_lazy("Day, month, year (31/12/2024)")),
    ("mdy", gettext_lazy("Month, day, year (12/31/2024)")),
    ("month_name", gettext_lazy("Name of the month (31 Dec 2024)")),
    ("excel", gettext_lazy("Number of days (45657)")),
)
DECIMALS: Sequence[tuple[str, "Words"]] = (
    (".", gettext_lazy("Point (1,234.50)")),
    (",", gettext_lazy("Comma (1.234,50)")),
)
HEADERS: Sequence[tuple[str, "Words"]] = (
    ("yes", gettext_lazy("holds the headings")),
    ("no", gettext_lazy("is data already")),
)


class UploadForm(forms.Form):
    """The file, and what is in it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is in the file"), widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx). Encoding, delimiter and columns are found by "
            "themselves, and nothing is written before you have seen what would happen."
        ),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.key, kind.label) for kind in kinds_for(viewer)]
        # The page compares before it sends: a refused upload may look like a lost line.
        self.fields["file"].widget.attrs |= {
            "data-most-bytes": settings.UPLOAD_LIMIT,
            "data-too-large": too_large(),
        }

    def clean_file(self) -> UploadedFile:
        """Refuse what is larger than the house allows."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(too_large(), code="too_large")
        return file


class MapForm(forms.Form):
    """The name under which a mapping is kept."""

    name = forms.CharField(label=gettext_lazy("Name of the mapping"), max_length=60)


class FormatForm(forms.Form):
    """How the table is written, and on which sheet."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))
    has_header = forms.ChoiceField(label=gettext_lazy("The first row"), choices=HEADERS)
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Cells are divided by"), choices=DELIMITERS
    )
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"))
    date_key = forms.ChoiceField(label=gettext_lazy("Dates are"), choices=DATES)
    decimal = forms.ChoiceField(label=gettext_lazy("Decimal mark"), choices=DECIMALS)

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        found = dict(run.format)
        found["has_header"] = "yes" if found.get("has_header", True) else "no"
        super().__init__(*args, **{"initial": found, **kwargs})
        names = dict.fromkeys([str(found.get("encoding", "utf-8")), *ENCODINGS])
        field = self.fields["encoding"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name.upper()) for name in names]
        if found.get("kind") == "xlsx":
            del self.fields["encoding"], self.fields["delimiter"]
        self._offer_sheets(found.get("sheets", []))

    def _offer_sheets(self, names: Sequence[str]) -> None:
        """Ask for the sheet where there are several."""
        if len(names) < 2:
            del self.fields["sheet"]
            return
        field = self.fields["sheet"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in names]

    def changed(self) -> dict[str, object]:
        """Return what differs from how the table was found to be written."""
        found: dict[str, object] = {}
        for name in self.changed_data:
            value = self.cleaned_data[name]
            found[name] = value == "yes" if name == "has_header" else value
        return found


class PlanForm(forms.Form):
    """The field of each column, and what else is to be chosen."""

    def __init__(
        self, *args: Any, run: ImportRun, viewer: Actor, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        self.kind = import_kind(run.kind)
        fields = [("", _("– left out –"))]
        fields += [(one.key, str(one.label)) for one in self.kind.fields(viewer)]
        for at, label in enumerate(columns_of(run)):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=label,
                choices=fields,
                required=False,
                initial=run.columns.get(str(at), ""),
            )
        for name, field in option_fields(self.kind, run.options).items():
            self.fields[name] = field
        self.asked = {_answer_name(one): one for one in run.preview.get("doubts", [])}
        labels = {one.key: str(one.label) for one in self.kind.fields(viewer)}
        for name, doubt in self.asked.items():
            self.fields[name] = _answer_field(doubt, labels, run.options)

    def columns(self) -> Iterable[forms.BoundField]:
        """Return the fields of the columns."""
        return [bound for bound in self if bound.name.startswith("column_")]

    def options(self) -> Iterable[forms.BoundField]:
        """Return the fields of the options."""
        return [bound for bound in self if bound.name.startswith("option_")]

    def answers(self) -> Iterable[forms.BoundField]:
        """Return the fields that ask what words of the file mean."""
        return [self[name] for name in self.asked]

    def chosen(self) -> Choices:
        """Return what was chosen."""
        values: Mapping[str, str] = self.cleaned_data
        return Choices(
            columns={
                name.removeprefix("column_"): value
                for name, value in values.items()
                if name.startswith("column_")
            },
            options={
                name.removeprefix("option_"): value
                for name, value in values.items()
                if name.startswith("option_")
            }
            | {
                answer_key(doubt["field"], doubt["word"]): values[name]
                for name, doubt in self.asked.items()
            },
        )


def columns_of(run: ImportRun) -> list[str]:
    """Return what the columns of the file are called."""
    width = max(int(run.format.get("columns", 0)), len(run.headings))
    heads = [*run.headings, *[""] * (width - len(run.headings))]
    return [
        head or _("Column %(number)s") % {"number": at}
        for at, head in enumerate(heads, 1)
    ]


def option_fields(
    kind: ImportKind, chosen: Mapping[str, str]
) -> dict[str, forms.Field]:
    """Return a form field for each option of ``kind``."""
    found: dict[str, forms.Field] = {}
    for option in kind.options:
        initial = chosen.get(option.key, option.default)
        if option.choices:
            found[f"option_{option.key}"] = forms.ChoiceField(
                label=option.label,
                help_text=option.help,
                choices=list(option.choices),
                # Where nothing is one of the choices, a browser must let it pass.
                required=all(value for value, _label in option.choices),
                initial=initial,
            )
        else:
            found[f"option_{option.key}"] = forms.CharField(
                label=option.label,
                help_text=option.help,
                required=False,
                max_length=40,
                initial=initial,
            )
    return found


def _answer_name(doubt: Mapping[str, Any]) -> str:
    """Return the name of the field that asks for a word, which any sign may be in."""
    told = f"{doubt['field']}:{doubt['word']}".encode()
    return f"answer_{blake2s(told, digest_size=8).hexdigest()}"


def _answer_field(
    doubt: Mapping[str, Any], labels: Mapping[str, str], chosen: Mapping[str, str]
) -> forms.ChoiceField:
    rows: int = doubt["rows"]
    told = ngettext("in %(n)s row", "in %(n)s rows", rows) % {"n": grouped(rows)}
    return forms.ChoiceField(
        label=f"{labels.get(doubt['field'], doubt['field'])}: “{doubt['word']}”",
        help_text=told,
        required=False,
        choices=[
            ("", _("– nobody has said: the rows are refused –")),
            *doubt["choices"],
        ],
        initial=chosen.get(answer_key(doubt["field"], doubt["word"]), ""),
    )


class SavedMapForm(forms.Form):
    """One of the mappings that were kept."""

    saved = forms.ChoiceField(label=pgettext_lazy("import", "Saved mapping"))

    def __init__(
        self, *args: Any, run: ImportRun, viewer: Actor, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["saved"]
        assert isinstance(field, forms.ChoiceField)
        maps = import_maps(viewer, run.kind)
        field.choices = [(str(kept.pk), kept.name) for kept in maps]
