"""All that is held about a person as one ZIP: for programs, for tables, for reading."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.encoding import escape_uri_path

from guanxi.foundation.erasing.declared import Enclosed
from guanxi.foundation.erasing.telling import Told, flat, heads_of
from guanxi.foundation.sheets.write import write_csv

TABLES, FILES, STYLE = "tables", "files", "style.css"
_STYLE = Path(__file__).parents[1] / "static" / "ui" / "subject.css"


def write_bundle(
    path: Path, tables: Sequence[Told], *, kind: str, pk: int, at: datetime
) -> None:
    """
    Write ``data.json``, ``index.html`` in the language of the moment, and a CSV a table.

    Tables lie in the folder ``tables``, files that rows describe in ``files``. The bundle
    takes its name when it is complete.
    """
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("data.json", _json(tables, pk, at))
        bundle.writestr("index.html", _page(tables, kind, pk, at))
        bundle.write(_STYLE, STYLE)
        for one in tables:
            bundle.writestr(f"{TABLES}/{one.name}.csv", _csv(one, kind))
            for file in one.files:
                bundle.write(file.path, _place(file))
    part.chmod(0o600)
    part.replace(path)


def _place(file: Enclosed) -> str:
    return f"{FILES}/{file.name}"


def _json(tables: Sequence[Told], pk: int, at: datetime) -> str:
    facts = {
        "record": pk,
        "made_at": at.isoformat(),
        "tables": {one.name: list(one.rows) for one in tables},
    }
    return json.dumps(facts, ensure_ascii=False, indent=1, default=str)


def _csv(told: Told, kind: str) -> bytes:
    stream = io.BytesIO()
    write_csv(stream, heads_of(told, kind), flat(told, kind))
    return stream.getvalue()


def _page(tables: Sequence[Told], kind: str, pk: int, at: datetime) -> str:
    shown = [_shown(one, kind) for one in tables]
    context = {"tables": shown, "pk": pk, "at": at, "style": STYLE}
    return render_to_string("ui/subject.html", context)


def _shown(told: Told, kind: str) -> Mapping[str, Any]:
    """Return what the page shows of a table; a single row stands upright, without gaps."""
    heads, rows = heads_of(told, kind), list(flat(told, kind))
    lone = zip(heads, rows[0], strict=True) if len(rows) == 1 else ()
    return {
        "label": told.label,
        "heads": heads,
        "rows": rows,
        "pairs": [(head, cell) for head, cell in lone if cell],
        "files": [(escape_uri_path(_place(file)), file.name) for file in told.files],
    }
