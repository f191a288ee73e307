"""The file of a run: where it lies, how it is written, its rows."""

import hashlib
import shutil
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.clock import detect_date_format
from guanxi.foundation.forgetting import KEPT
from guanxi.foundation.imports.kinds import ANSWER, MOST_ANSWERS, ImportKind, Terms
from guanxi.foundation.models import ImportRun
from guanxi.foundation.sheets import read
from guanxi.foundation.sheets.limits import MEGABYTE
from guanxi.foundation.sheets.sniff import SheetFormat
from guanxi.foundation.sheets.values import ValueOptions

SAMPLED_ROWS = 100
FOLDER = "imports"


def path_of(run: ImportRun) -> Path:
    """Return where the file of ``run`` is."""
    return Path(settings.FILES_ROOT) / run.path


def refused_path(run: ImportRun) -> Path:
    """Return where the file of the refused rows of ``run`` is."""
    return Path(settings.FILES_ROOT) / FOLDER / _refused(run.pk)


def _refused(run_id: int) -> str:
    return f"refused-{run_id}.csv"


def too_large() -> str:
    """Return the sentence that refuses a file above the limit of the house."""
    return _("The file is larger than %(megabytes)s MB. Divide it into several.") % {
        "megabytes": settings.UPLOAD_LIMIT // MEGABYTE
    }


def keep_file(chunks: Iterable[bytes], name: str) -> tuple[Path, int, str]:
    """
    Write what was uploaded below FILES_ROOT, unread.

    Return its path there, its bytes and the SHA-256 of its contents, under which it is
    kept: the same file twice is one file.
    """
    folder = Path(settings.FILES_ROOT) / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    seen = hashlib.sha256()
    size = 0
    with part.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
            seen.update(chunk)
            size += len(chunk)
    digest = seen.hexdigest()
    shutil.move(part, folder / digest)
    return Path(FOLDER) / digest, size, digest


def forget_files(at: datetime) -> None:
    """Remove files that no run needs for a day: discarded, refused at once, cut off."""
    runs = ImportRun.objects.values_list("pk", "path")
    needed = {name for pk, path in runs for name in (Path(path).name, _refused(pk))}
    folder = Path(settings.FILES_ROOT) / FOLDER
    for path in folder.glob("*"):
        is_old = path.stat().st_mtime < (at - KEPT).timestamp()
        if is_old and path.name not in needed:
            path.unlink()


def form_of(run: ImportRun) -> SheetFormat:
    """Return how the table of ``run`` is written."""
    known = set(SheetFormat.__dataclass_fields__)
    return SheetFormat(**{k: v for k, v in run.format.items() if k in known})


def format_facts(form: SheetFormat, rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return what a run remembers of a format: with the way dates are written."""
    return {**asdict(form), "date_key": _date_key(rows)}


def _date_key(rows: Sequence[Sequence[str]]) -> str:
    """Return the commonest way in which columns of ``rows`` that hold dates write them."""
    width = max(map(len, rows), default=0)
    columns = ([row[at] for row in rows if at < len(row)] for at in range(width))
    formats = [
        found[0].key for cells in columns if (found := detect_date_format(cells))
    ]
    # Numbers of five digits may be anything; dates that look like dates come first.
    formats.sort(key=lambda key: key == "excel")
    return formats[0] if formats else "ymd"


def terms_of(run: ImportRun) -> Terms:
    """Return what a loader is told of ``run``."""
    return Terms(
        run_id=run.pk,
        digest=run.digest,
        columns={int(at): key for at, key in run.columns.items() if key},
        values=ValueOptions(
            date_key=run.format.get("date_key", "ymd"),
            tz=zoneinfo.ZoneInfo(run.time_zone),
            decimal=run.format.get("decimal", "."),
            currency=settings.CURRENCY,
        ),
        options=run.options,
        at=run.started_at or run.created_at,
    )


def rows_of(run: ImportRun, start: int = 0) -> Iterator[list[str]]:
    """
    Return the rows of values from the one at ``start`` on; a blank one is an empty list.

    :raises UnreadableSheet: where the table costs more than a table may.
    """
    return read.rows(path_of(run), form_of(run), start)


def samples_of(run: ImportRun) -> list[list[str]]:
    """Return the first rows of values that hold anything."""
    return list(islice(filter(None, rows_of(run)), SAMPLED_ROWS))


def headings_of(run: ImportRun) -> list[str]:
    """Return the headings; nothing for a table without them."""
    return read.headings(path_of(run), form_of(run))


def full_options(kind: ImportKind, chosen: Mapping[str, str]) -> dict[str, str]:
    """
    Return a value for every option of ``kind``: the chosen one if it is lawful.

    What words of the file were said to mean stays beside the options.
    """
    answers = ((k, v) for k, v in chosen.items() if k.startswith(ANSWER) and v)
    found = dict(islice(answers, MOST_ANSWERS))
    for option in kind.options:
        value = chosen.get(option.key, option.default)
        lawful = dict(option.choices)
        found[option.key] = value if not lawful or value in lawful else option.default
    return found
