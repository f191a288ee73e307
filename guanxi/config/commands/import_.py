"""``guanxi import``."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from guanxi.config.problems import SetupError
from guanxi.config.reports import json_option, report
from guanxi.config.session import CONSOLE, house_open
from guanxi.foundation import clock
from guanxi.foundation.errors import Refused
from guanxi.foundation.imports import commands, engine, trial
from guanxi.foundation.imports.kinds import answer_key, import_kind
from guanxi.foundation.imports.refused import labels_of, told
from guanxi.foundation.imports.source import keep_file, refused_path
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.models import ImportRun
from guanxi.foundation.sheets.limits import MAX_TEXT_BYTES, MEGABYTE
from guanxi.foundation.sheets.unreadable import UnreadableSheet

DELIMITERS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "blank": " ",
}
MOST_REASONS, MOST_CHOICES = 10, 6


@click.command(
    "import",
    help=_(
        "Import customers, why they stay (bonds), contacts and costs (investments), "
        "products, orders or opportunities from a CSV or Excel file. Columns are found by their "
        "headings and contents; refused rows come back as a file."
    ),
)
@click.argument(
    "kind",
    type=click.Choice(
        ["customers", "bonds", "investments", "products", "orders", "opportunities"]
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "map_name",
    help=_(
        "A saved mapping, or a JSON file with the field of each column by its number "
        'from 0 or its heading: {"0": "name", "columns": …, "options": …}.'
    ),
)
@click.option(
    "--delimiter",
    default="",
    help=_("What divides the cells: a sign, or comma, semicolon, tab, pipe, blank."),
)
@click.option("--sheet", default="", help=_("The sheet of a workbook with several."))
@click.option(
    "--dry-run", is_flag=True, help=_("Only tell what would happen; write nothing.")
)
@json_option
def command(
    *,
    kind: str,
    file: Path,
    map_name: str | None,
    delimiter: str,
    sheet: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import now, in this process."""
    with house_open():
        try:
            given = _given(delimiter, sheet)
            run = prepared(kind, file, map_name, given)
            if dry_run:
                _report_trial(run, as_json=as_json)
                run.delete()
                return
            _report(_taken_in(run, quiet=as_json), as_json=as_json)
        except Invalid as error:
            raise SetupError(str(error)) from error


def prepared(
    kind: str, file: Path, map_name: str | None, given: Mapping[str, object]
) -> ImportRun:
    """
    Return a run whose file is looked at and mapped; ``given`` is known of its format.

    A refused file leaves no run behind.

    :raises UnreadableSheet: if it is no table.
    """
    if file.stat().st_size > MAX_TEXT_BYTES:
        raise UnreadableSheet("too_large")
    path, size, digest = keep_file(_pieces(file), f"console-{os.getpid()}")
    kept = commands.KeptFile(file.name, path, size, digest)
    commands.discard_untouched(CONSOLE, digest)
    run = commands.new_run(
        CONSOLE,
        import_kind(kind),
        kept,
        habits=commands.Habits(settings.LANGUAGE_CODE, settings.TIME_ZONE),
        at=clock.now(),
    )
    try:
        return _mapped(run, map_name, given)
    except (Invalid, Refused, SetupError):
        run.delete()
        raise


def _mapped(
    run: ImportRun, map_name: str | None, given: Mapping[str, object]
) -> ImportRun:
    """Return ``run`` looked at, mapped and ready."""
    choices = _choices(run, map_name)
    trial.look(run, CONSOLE, {**choices.format, **given})
    if choices.columns is not None:
        columns = _by_number(run, choices.columns)
        choices = replace(choices, columns=columns)
        run.options = {}
    commands.apply_choices(CONSOLE, run, replace(choices, format={}))
    run.options = trial.settled_options(run, choices.options)
    commands.require_complete(run)
    run.state = ImportRun.State.READY
    run.save()
    return run


def _given(delimiter: str, sheet: str) -> dict[str, object]:
    """Return what the command line says of the format."""
    said = {"delimiter": DELIMITERS.get(delimiter, delimiter), "sheet": sheet}
    return {name: value for name, value in said.items() if value}


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(MEGABYTE):
            yield piece


def _choices(run: ImportRun, map_name: str | None) -> commands.Choices:
    """
    Return what ``--map`` says: the name of a saved mapping, or a JSON file.

    :raises SetupError: if it is neither.
    """
    if map_name is None:
        return commands.Choices()
    if Path(map_name).is_file():
        return _from_json(Path(map_name))
    saved = trial.map_named(run, map_name)
    if saved is None:
        raise SetupError(
            _("There is no saved mapping and no file called “%(name)s”.")
            % {"name": map_name}
        )
    return commands.Choices(saved.format, saved.columns, saved.options)


def _from_json(path: Path) -> commands.Choices:
    """
    Return what a JSON file says: the columns alone, or columns, options and format.

    :raises SetupError: if it is not such a file.
    """
    try:
        found = json.loads(path.read_text())
    except (ValueError, OSError) as error:
        raise SetupError(
            _("The mapping “%(path)s” is not JSON: %(error)s")
            % {"path": path, "error": error}
        ) from error
    if not isinstance(found, dict):
        raise SetupError(_("A mapping is a JSON object of columns and fields."))
    columns = found.get("columns", found)
    return commands.Choices(
        format=found.get("format", {}) if columns is not found else {},
        columns={str(at): str(key) for at, key in columns.items()},
        options=found.get("options", {}) if columns is not found else {},
    )


def _by_number(run: ImportRun, columns: Mapping[str, str]) -> dict[str, str]:
    """
    Return a mapping by the numbers of columns, where it names headings.

    :raises SetupError: for a heading that the file does not have.
    """
    found = {}
    for at, key in columns.items():
        if at in run.headings:
            found[str(run.headings.index(at))] = key
        elif at.isdigit():
            found[at] = key
        else:
            raise SetupError(_("The file has no column “%(column)s”.") % {"column": at})
    return found


def _taken_in(run: ImportRun, *, quiet: bool) -> ImportRun:
    """Take the file in, or go on where an earlier call with it was cut off."""
    earlier = commands.unfinished_run(run)
    if earlier:
        run.delete()
        run = earlier
    else:
        run = commands.begin(CONSOLE, run, at=clock.now())
    done = engine.execute(CONSOLE, run, None if quiet else _tell)
    if not quiet:
        click.echo(err=True)
    return done


def _tell(run: ImportRun) -> None:
    """Show how far the import is, on one line."""
    speed = round(run.cursor / run.seconds) if run.seconds else 0
    text = _("%(rows)s rows, %(speed)s a second") % {
        "rows": f"{run.cursor:,}",
        "speed": f"{speed:,}",
    }
    click.echo(f"\r{text} ", nl=False, err=True)


def _facts(run: ImportRun) -> dict[str, object]:
    return {
        "id": run.pk,
        "kind": run.kind,
        "file": run.name,
        "state": run.state,
        "columns": run.columns,
        "options": run.options,
        "format": run.format,
    }


def _report_trial(run: ImportRun, *, as_json: bool) -> None:
    trial.attempt(run, CONSOLE)
    found = run.preview
    labels = labels_of(import_kind(run.kind))
    reasons = [
        {
            "count": one["count"],
            "reason": told(one["field"], one["reason"], one["params"], labels),
        }
        for one in found["reasons"]
    ]
    facts = {
        **_facts(run),
        **{
            key: found[key]
            for key in (
                "looked",
                "created",
                "updated",
                "skipped",
                "refused",
                "heads",
                "examples",
                "doubts",
            )
        },
        "rows_in_file": run.total,
        "reasons": reasons,
    }
    lines = [
        _(
            "Of %(looked)s rows, %(created)s would be created, %(updated)s updated, "
            "%(skipped)s skipped, %(refused)s refused. Nothing was written."
        )
        % found,
        *(f"{one['count']} × {one['reason']}" for one in reasons[:MOST_REASONS]),
        *(_asked(one) for one in found["doubts"][:MOST_REASONS]),
    ]
    report(facts, "\n".join(lines), as_json=as_json)


def _asked(doubt: Mapping[str, Any]) -> str:
    """Return a question about a word, with its likeliest answers as ``--map`` takes them."""
    choices = ", ".join(f"{k} = {v}" for k, v in doubt["choices"][:MOST_CHOICES])
    key = answer_key(doubt["field"], doubt["word"])
    return f"? {doubt['rows']} × “{doubt['word']}” ({key}): {choices}"


def _report(run: ImportRun, *, as_json: bool) -> None:
    speed = round(run.cursor / run.seconds) if run.seconds else 0
    refused = str(refused_path(run)) if run.refused else None
    counts = {
        name: getattr(run, name)
        for name in ("total", "created", "updated", "skipped", "refused")
    }
    facts = {
        **_facts(run),
        **counts,
        "seconds": round(run.seconds, 3),
        "rows_per_second": speed,
        "refused_file": refused,
        "unresolved": run.preview.get("unresolved", []),
    }
    lines = [
        _(
            "%(total)s rows: %(created)s created, %(updated)s updated, %(skipped)s "
            "skipped, %(refused)s refused; %(seconds).1f s, %(speed)s rows a second."
        )
        % {**counts, "seconds": run.seconds, "speed": f"{speed:,}"},
        *run.preview.get("unresolved", []),
    ]
    if refused:
        lines.append(_("The refused rows: %(path)s") % {"path": refused})
    report(facts, "\n".join(lines), as_json=as_json)
