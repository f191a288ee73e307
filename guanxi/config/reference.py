"""Write docs/reference.md: rights, roles, commands and events (``make reference``)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

from django.conf import settings
from django.utils import translation

from guanxi.config.prepare import set_up_django
from guanxi.foundation.actor import Depth
from guanxi.foundation.commands import all_commands
from guanxi.foundation.events import Event
from guanxi.foundation.policies import all_policies
from guanxi.identity.rules.shipped import SHIPPED

HEAD = """# Reference

Written by `make reference` from the code. What each right reaches (own, team, …) is set
in the roles; what each field tells is decided by the policies beside these rights.
"""


def reference() -> str:
    """Return the whole document, in English."""
    load_commands()
    with translation.override("en"):
        parts = [HEAD, *_permissions(), *_roles(), *_commands(), *_events()]
    return "\n".join(parts) + "\n"


def load_commands() -> None:
    """Load every door and every command, so that the list of commands is whole."""
    import_module(settings.ROOT_URLCONF)
    import_module("guanxi.config.demo")  # its events stand in the log too
    for room in settings.ROOMS:
        commands = find_spec(f"guanxi.{room}.commands")
        folders = commands.submodule_search_locations if commands else None
        for module in walk_packages(folders or (), f"guanxi.{room}.commands."):
            import_module(module.name)


def events() -> list[type[Event]]:
    """Return every event that tells a sentence, by name."""
    found = {kind for kind in _below(Event) if kind.sentence}
    return sorted(found, key=lambda kind: kind.event_name())


def main() -> None:
    """Write the document."""
    set_up_django()
    Path("docs/reference.md").write_text(reference())


def _permissions() -> Iterator[str]:
    yield "## Rights\n"
    yield from _table(
        ("Right", "Meaning"),
        (
            (f"`{policy.permission(action)}`", f"{policy.label}: {label}")
            for policy in sorted(all_policies(), key=lambda policy: policy.kind)
            for action, label in policy.actions.items()
        ),
    )


def _roles() -> Iterator[str]:
    """Yield what each shipped role may do, a line for each kind of record and reach."""
    yield "## Shipped roles\n"
    yield "The administrator may do everything. Rights with no role here are his alone.\n"
    yield from _table(
        ("Role", "Kind", "Reach", "May"),
        (
            (f"`{key}`", f"`{kind}`", depth.name.lower().replace("_", " "), actions)
            for key, role in SHIPPED.items()
            for (kind, depth), actions in _reaches(role.depths).items()
        ),
    )


def _reaches(depths: Mapping[str, Depth]) -> dict[tuple[str, Depth], str]:
    """Return the actions by kind and depth, in order."""
    found: dict[tuple[str, Depth], list[str]] = {}
    for permission, depth in depths.items():
        kind, _dot, action = permission.partition(".")
        found.setdefault((kind, depth), []).append(action)
    return {key: ", ".join(sorted(found[key])) for key in sorted(found)}


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield from _table(
        ("Command", "Right it needs", "What it does"),
        (
            (f"`{name}`", f"`{one.needs}`" if one.needs else "–", _told(one.run))
            for name, one in sorted(all_commands().items())
        ),
    )


def _events() -> Iterator[str]:
    yield "## Events\n"
    yield from _table(
        ("Event", "Carries", "Sentence"),
        (
            (
                f"`{event.event_name()}`",
                ", ".join(f"`{field.name}`" for field in fields(event)),
                str(event.sentence),
            )
            for event in events()
        ),
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(heads)
    yield _row(heads)
    yield _row(["---"] * len(heads))
    yield from map(_row, rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _told(function: object) -> str:
    """Return the first sentence of a docstring, on one line."""
    text = (getattr(function, "__doc__", "") or "").strip().partition("\n\n")[0]
    return " ".join(text.replace("``", "`").split())


def _below(base: type[Event]) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)


if __name__ == "__main__":
    main()
