"""
What the build makes of other people's files: browser libraries and catalogues.

Nothing made here is kept under version control. ``make setup`` runs it; a start
repeats only what is stale.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
LIBRARIES = PACKAGE.parent / "node_modules"
STATIC = PACKAGE / "foundation" / "static"
VENDOR = STATIC / "vendor"
ICON_NAMES = STATIC / "ui" / "icons.txt"

DIST_FILES = (
    "htmx.org/dist/htmx.min.js",
    "@alpinejs/csp/dist/cdn.min.js",
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "echarts/dist/echarts.min.js",
)
# Where a file name alone would not tell whose it is.
NAMES = {"@alpinejs/csp/dist/cdn.min.js": "alpine.min.js"}

_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
# An invisible square that gives every icon of the set its size.
_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
# The maps are not copied, and the storage refuses names of files that are absent.
_SOURCE_MAP = re.compile(rb"/[/*][#@] ?sourceMappingURL=[^\s*]+( ?\*/)?")
_STROKE = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


def main() -> None:
    """Make everything that is stale."""
    copy_libraries()
    write_icons()
    compile_messages()


def copy_libraries() -> None:
    """Copy the ready-made files of the browser libraries to ``static/vendor``."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for path in DIST_FILES:
        source = LIBRARIES / path
        target = VENDOR / NAMES.get(path, source.name)
        if _is_stale(target, [source]):
            target.write_bytes(_SOURCE_MAP.sub(b"", source.read_bytes()))


def write_icons() -> None:
    """Write one SVG sprite of the icons that ``icons.txt`` names, one a line."""
    names = icon_names()
    target = VENDOR / "icons.svg"
    sources = [LIBRARIES / "@tabler/icons/icons" / f"{name}.svg" for name in names]
    if not _is_stale(target, [ICON_NAMES, *sources]):
        return
    symbols = (_symbol(p.stem, p.parent.name, p.read_text()) for p in sources)
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'
    )


def icon_names() -> list[str]:
    """Return the icons in use as ``outline/home`` or ``filled/star``."""
    if not ICON_NAMES.exists():
        return []
    lines = (
        line.partition("#")[0].strip() for line in ICON_NAMES.read_text().splitlines()
    )
    return [name if "/" in name else f"outline/{name}" for name in lines if name]


def compile_messages() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for source in _stale_catalogues():
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))


def stale_catalogues() -> list[str]:
    """Return the rooms whose catalogue is newer than its compiled form."""
    return [source.parents[3].name for source in _stale_catalogues()]


def catalogues() -> list[Path]:
    """Return the rooms' catalogues of messages."""
    return sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"))


def _stale_catalogues() -> list[Path]:
    return [one for one in catalogues() if _is_stale(one.with_suffix(".mo"), [one])]


def _symbol(name: str, style: str, svg: str) -> str:
    body = _SVG_BODY.search(svg)
    if body is None:
        raise ValueError(f"{name} is no SVG drawing")
    shapes = " ".join(_FRAME.sub("", body[1]).split())
    paint = _STROKE if style == "outline" else 'viewBox="0 0 24 24" fill="currentColor"'
    suffix = "" if style == "outline" else "-filled"
    return f'<symbol id="{name}{suffix}" {paint}>{shapes}</symbol>\n'


def _is_stale(target: Path, sources: Iterable[Path]) -> bool:
    if not target.exists():
        return True
    made_at = target.stat().st_mtime_ns
    return any(source.stat().st_mtime_ns > made_at for source in sources)


if __name__ == "__main__":
    main()
