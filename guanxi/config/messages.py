"""
Keep the rooms' catalogues complete: ``python -m guanxi.config.messages [--check]``.

Sentences are collected from a copy of each room, so that a check changes nothing.
Needs the gettext tools.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import polib

from guanxi.config.assets import catalogues

_PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-z]|\{\w*(?:![a-z])?(?::[^}]*)?\}")
# What changes with every collection and tells nobody anything.
_VOLATILE = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator")


@click.command()
@click.option("--check", is_flag=True, help="Only tell what is wrong.")
def main(*, check: bool) -> None:
    """Collect the sentences of every room, or tell what its catalogue lacks."""
    wrong: list[str] = []
    for catalogue in catalogues():
        room = catalogue.parents[3]
        collected = collect(room, catalogue)
        if check:
            wrong += problems(room.name, polib.pofile(str(catalogue)), collected)
        else:
            collected.save(str(catalogue))
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else 0)


def collect(room: Path, catalogue: Path) -> polib.POFile:
    """Return the catalogue of ``room`` as it should be, with known translations."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / room.name
        ignored = shutil.ignore_patterns("vendor", "tests", "migrations", "*.mo")
        shutil.copytree(room, copy, ignore=ignored)
        subprocess.run(  # noqa: S603 -- our own interpreter
            [
                *(sys.executable, "-m", "django", "makemessages"),
                *("--locale", catalogue.parents[1].name),
                *("--no-location", "--no-wrap", "--no-obsolete", "--verbosity", "0"),
            ],
            cwd=copy,
            check=True,
        )
        made = polib.pofile(str(copy / catalogue.relative_to(room)), wrapwidth=0)
    for name in _VOLATILE:
        made.metadata.pop(name, None)
    return made


def problems(room: str, kept: polib.POFile, wanted: polib.POFile) -> list[str]:
    """Return one line for each sentence that is missing, left over or badly translated."""
    return [
        *(
            f"{room}: not in the catalogue: {text}"
            for text in _keys(wanted) - _keys(kept)
        ),
        *(f"{room}: no longer used: {text}" for text in _keys(kept) - _keys(wanted)),
        *_untranslated(room, kept),
    ]


def _untranslated(room: str, kept: polib.POFile) -> Iterator[str]:
    for entry in kept:
        if entry.obsolete:
            continue
        if not entry.translated() or entry.fuzzy:
            yield f"{room}: not translated: {entry.msgid}"
        for original, translation in _pairs(entry):
            if _placeholders(original) != _placeholders(translation):
                yield f"{room}: other placeholders than: {original}"


def _pairs(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    if entry.msgid_plural:
        # Chinese has one form for every number.
        for translation in entry.msgstr_plural.values():
            yield entry.msgid_plural, translation
    elif entry.msgstr:
        yield entry.msgid, entry.msgstr


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _keys(catalogue: polib.POFile) -> set[str]:
    return {
        " | ".join(filter(None, (entry.msgctxt, entry.msgid, entry.msgid_plural)))
        for entry in catalogue
        if not entry.obsolete
    }


if __name__ == "__main__":
    main()
