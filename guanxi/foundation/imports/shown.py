"""A run as its pages show it: how far it is, what would happen, what did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import grouped
from guanxi.foundation.imports.commands import lack_of
from guanxi.foundation.imports.forms import FormatForm, MapForm, PlanForm, SavedMapForm
from guanxi.foundation.imports.kinds import Fate, ImportKind, import_kind
from guanxi.foundation.imports.queries import import_maps
from guanxi.foundation.imports.refused import labels_of, told
from guanxi.foundation.imports.source import form_of, refused_path
from guanxi.foundation.imports.tables import STATE_LABELS, STATE_TONES
from guanxi.foundation.models import ImportRun
from guanxi.foundation.policies import may

if TYPE_CHECKING:
    from guanxi.foundation.words import Words

State = ImportRun.State
ACTIVE = frozenset({State.CHECKING, State.RUNNING, State.UNDOING})
FAR = 99 * 3600
FATE_TONES = {
    Fate.CREATED: "green",
    Fate.UPDATED: "blue",
    Fate.SKIPPED: "gray",
    Fate.REFUSED: "red",
}


@dataclass(frozen=True)
class Figure:
    """One number of a run: see ``ui/stat.html``."""

    label: str
    value: str
    url: str = ""
    trend: str = ""
    tone: str = "gray"


@dataclass(frozen=True)
class Example:
    """
    One row of the file and what becomes of it.

    ``cells`` are as they would be stored, ``written`` as they stand in the file where
    nothing can be stored.
    """

    row: int
    fate: str
    tone: str
    cells: Sequence[str]
    written: str
    reason: str


@dataclass(frozen=True)
class Reason:
    """Why rows are refused, how many, and the first of them."""

    text: str
    count: int
    row: int


def shown_run(viewer: Actor, found: ImportRun) -> dict[str, object]:
    """Return what the page of a run shows ``viewer``: its progress, plan or result."""
    kind = import_kind(found.kind)
    can_change = may(viewer, "import_run.create", found) and may(viewer, kind.needs)
    context: dict[str, object] = {
        "run": found,
        "kind": kind,
        "state_label": STATE_LABELS[found.state],
        "state_tone": STATE_TONES[found.state],
        "is_active": found.state in ACTIVE,
        "figures": _figures(found),
        "can_change": can_change,
        "can_undo": may(viewer, "import_run.undo", found)
        and found.cursor > 0
        and found.state in (State.DONE, State.STOPPED, State.FAILED),
        "problem": told("", found.problem, found.problem_params, {})
        if found.problem
        else "",
        "list_url": reverse(kind.list_view),
        "has_refused": found.refused > 0 and refused_path(found).exists(),
        "unresolved": found.preview.get("unresolved", []),
        **progress(found),
    }
    if found.state == State.READY and can_change:
        context |= _preview(viewer, found, kind)
    return context


def _preview(viewer: Actor, found: ImportRun, kind: ImportKind) -> dict[str, object]:
    """Return what the page of a checked file shows: mapping and what would happen."""
    plan_form = PlanForm(run=found, viewer=viewer)
    samples: Sequence[Sequence[str]] = found.preview.get("samples", [])
    return {
        "plan": plan_form,
        "columns": [
            (bound, samples[at] if at < len(samples) else [])
            for at, bound in enumerate(plan_form.columns())
        ],
        "layout": FormatForm(run=found),
        "map_form": MapForm(),
        "saved_maps": SavedMapForm(run=found, viewer=viewer),
        "has_maps": import_maps(viewer, found.kind).exists(),
        "lack": lack_of(found),
        "preview": found.preview,
        "examples": _examples(found, kind),
        "reasons": _reasons(found, kind),
        "is_sample": found.preview.get("looked", 0) < (found.total or 0),
    }


def _examples(found: ImportRun, kind: ImportKind) -> list[Example]:
    labels = labels_of(kind)
    return [
        Example(
            row=one["row"],
            fate=str(Fate(one["fate"]).label),
            tone=FATE_TONES[one["fate"]],
            cells=one["cells"],
            written=" · ".join(one.get("written", [])),
            reason=told(one["field"], one["reason"], one["params"], labels)
            if one["reason"]
            else "",
        )
        for one in found.preview.get("examples", [])
    ]


def _reasons(found: ImportRun, kind: ImportKind) -> list[Reason]:
    labels = labels_of(kind)
    first = form_of(found).first_row
    return [
        Reason(
            text=told(one["field"], one["reason"], one["params"], labels),
            count=one["count"],
            row=first + one["index"],
        )
        for one in found.preview.get("reasons", [])
    ]


def _figures(found: ImportRun) -> list[Figure]:
    """Return the numbers of a run: what would happen, what did, or what was undone."""
    if found.state in (State.UNDOING, State.UNDONE):
        names: Mapping[str, Words] = {
            "removed": _("Removed"),
            "restored": _("Restored as before"),
            "kept": _("Kept or in the trash"),
        }
        return [Figure(str(v), grouped(getattr(found, k))) for k, v in names.items()]
    if found.cursor or found.state in (State.DONE, State.RUNNING):
        names = {
            "created": _("Created"),
            "updated": _("Updated"),
            "skipped": _("Skipped"),
            "refused": _("Refused"),
        }
        return [Figure(str(v), grouped(getattr(found, k))) for k, v in names.items()]
    if not found.is_checked:
        return []
    return [Figure(str(f.label), grouped(found.preview[f.value])) for f in Fate]


def progress(found: ImportRun) -> dict[str, object]:
    """Return how far a run is, how fast, and how long it will take."""
    if found.state == State.UNDOING:
        done, total = found.removed + found.restored + found.kept, _touched(found)
        speed = 0.0
    else:
        done, total = found.cursor, found.total or 0
        speed = found.cursor / found.seconds if found.seconds else 0.0
    left = (total - done) / speed if speed else 0.0
    return {
        "progress": {
            "title": STATE_LABELS[found.state],
            "done": done,
            "total": max(total, done, 1),
            "speed": grouped(round(speed)),
            "remaining": _span(left),
            "url": "",
            "finished": False,
        },
        "is_counted": found.state != State.CHECKING and bool(done),
        "counts": _figures(found),
    }


def _touched(found: ImportRun) -> int:
    """Return about how many records a run touched."""
    return max(found.created + found.updated, found.removed + found.restored, 1)


def _span(seconds: float) -> str:
    """Return a time to wait in words: 40 s, 3 min, 2 h."""
    if seconds < 60:
        return _("%(n)d s") % {"n": max(round(seconds), 1)}
    if seconds < 3600:
        return _("%(n)d min") % {"n": round(seconds / 60)}
    return _("%(n)d h") % {"n": round(min(seconds, FAR) / 3600)}


def result(found: ImportRun) -> str:
    """Return the end of a run in one sentence."""
    if found.state == State.UNDONE:
        count = found.removed
        return ngettext(
            "Undone: %(n)s record removed.", "Undone: %(n)s records removed.", count
        ) % {"n": grouped(count)}
    count = found.created
    return ngettext(
        "Done: %(n)s record created.", "Done: %(n)s records created.", count
    ) % {"n": grouped(count)}
