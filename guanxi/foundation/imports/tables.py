"""The list of imports."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.queries import import_runs
from guanxi.foundation.models import ImportRun
from guanxi.foundation.rooms import collected
from guanxi.foundation.tables.table import Choices, Column, ColumnKind, Empty, Table
from guanxi.foundation.words import Words

State = ImportRun.State
STATE_LABELS: Mapping[str, Words] = {
    State.CHECKING: pgettext_lazy("import", "Being checked"),
    State.READY: pgettext_lazy("import", "Waiting for you"),
    State.RUNNING: pgettext_lazy("import", "Running"),
    State.STOPPED: pgettext_lazy("import", "Stopped"),
    State.DONE: pgettext_lazy("import", "Done"),
    State.FAILED: pgettext_lazy("import", "Failed"),
    State.UNDOING: pgettext_lazy("import", "Being undone"),
    State.UNDONE: pgettext_lazy("import", "Undone"),
}
STATE_TONES: Mapping[str, str] = {
    State.CHECKING: "blue",
    State.READY: "amber",
    State.RUNNING: "blue",
    State.STOPPED: "amber",
    State.DONE: "green",
    State.FAILED: "red",
    State.UNDOING: "blue",
    State.UNDONE: "gray",
}


def _states(viewer: Actor) -> Choices:
    return list(STATE_LABELS.items())


def _kinds(viewer: Actor) -> Choices:
    return [(kind.key, kind.label) for kind in collected("imports")]


def _kind(row: ImportRun) -> str:
    return str(import_kind(row.kind).label)


IMPORTS = Table(
    key="imports",
    kind="import_run",
    model=ImportRun,
    title=_("Imports"),
    url="imports:runs",
    rows=import_runs,
    columns=[
        Column("name", _("File"), link="imports:run"),
        Column(
            "kind",
            pgettext_lazy("import", "Kind"),
            kind=ColumnKind.CHOICE,
            choices=_kinds,
        ),
        Column(
            "state",
            pgettext_lazy("import", "State"),
            kind=ColumnKind.CHOICE,
            choices=_states,
            tone=lambda value: STATE_TONES.get(value, "gray"),
        ),
        Column("total", _("Rows"), kind=ColumnKind.NUMBER),
        Column("created", pgettext_lazy("import", "Created"), kind=ColumnKind.NUMBER),
        Column("updated", pgettext_lazy("import", "Updated"), kind=ColumnKind.NUMBER),
        Column("skipped", pgettext_lazy("import", "Skipped"), kind=ColumnKind.NUMBER),
        Column("refused", pgettext_lazy("import", "Refused"), kind=ColumnKind.NUMBER),
        Column(
            "owner",
            pgettext_lazy("import", "Imported by"),
            path="owner__name",
            filterable=False,
        ),
        Column("created_at", _("Uploaded at"), kind=ColumnKind.INSTANT),
    ],
    empty=Empty(
        _("Nothing was imported yet"),
        _("Bring in a CSV or Excel file. You see what will happen before it does."),
        action_label=_("Import a file"),
        action_view="imports:new",
    ),
    template="imports/list.html",
)
