"""Show the largest files and functions: ``make sizes``. It tells; it forbids nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import click

from guanxi.config.assets import PACKAGE

SHOWN = 12
KINDS = ("py", "html", "css", "js")


def main() -> None:
    """Print the longest files of each kind, and the longest functions."""
    for kind in KINDS:
        _show(kind, ((_lines(path), _name(path)) for path in _files(kind)))
    _show("functions (statements)", _functions())


def _show(title: str, sized: Iterator[tuple[int, str]]) -> None:
    click.echo(title)
    for size, name in sorted(sized, reverse=True)[:SHOWN]:
        click.echo(f"{size:6}  {name}")


def _files(kind: str) -> Iterator[Path]:
    outside = {"vendor", "migrations"}
    return (p for p in PACKAGE.rglob(f"*.{kind}") if not outside & set(p.parts))


def _functions() -> Iterator[tuple[int, str]]:
    for path in _files("py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
                yield count, f"{_name(path)}:{node.lineno} {node.name}"


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


if __name__ == "__main__":
    main()
