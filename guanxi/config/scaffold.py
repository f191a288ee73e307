"""Write the plan of a new room: ``make room name=vouchers``."""

import sys
from pathlib import Path

import click

from guanxi.config.assets import PACKAGE

PLAN = {
    "__init__.py": '"""{Title} owns …: one paragraph on what this room keeps, and why here."""\n',
    "apps.py": (
        '"""{Title} as a Django app."""\n\nfrom django.apps import AppConfig\n\n\n'
        "class {Title}Config(AppConfig):\n"
        '    name = "guanxi.{name}"\n    label = "{name}"\n'
    ),
    "rules.py": '"""Words and laws of {name}: choices, value objects, pure functions."""\n',
    "events.py": '"""What {name} announces."""\n',
    "models.py": '"""Tables of {name}."""\n',
    "policies.py": '"""Who may read and change what {name} keeps."""\n',
    "queries.py": '"""Questions that others may ask {name}."""\n',
    "commands.py": '"""Every change anyone may make to what {name} keeps."""\n',
    "views.py": '"""Pages and fragments of {name}."""\n',
    "urls.py": (
        '"""Addresses of {name}."""\n\nfrom django.urls import URLPattern\n\n'
        'app_name = "{name}"\nurlpatterns: list[URLPattern] = []\n'
    ),
    "wiring.py": (
        '"""How {name} plugs into the house."""\n\n'
        "from guanxi.foundation.rooms import Room\n\nroom = Room()\n"
    ),
    "migrations/__init__.py": "",
    "tests/__init__.py": "",
    "locale/zh_Hans/LC_MESSAGES/django.po": (
        'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    ),
}
NEXT = (
    "Next: write the charter in {place}/__init__.py; add “{name}” to ROOMS in "
    "guanxi/config/settings.py, to its floor in the layers of pyproject.toml, and "
    "to ARCHITECTURE.md."
)


def main(name: str) -> None:
    """Write the files of the room ``name``; refuse a name in use."""
    place = PACKAGE / name
    if not name.isidentifier() or not name.islower():
        sys.exit("A room has one lower-case word for a name: make room name=vouchers")
    if place.exists():
        sys.exit(f"There is a room {name} already.")
    for file, text in PLAN.items():
        _write(
            place / file, text.replace("{name}", name).replace("{Title}", name.title())
        )
    click.echo(NEXT.format(place=place.relative_to(PACKAGE.parent), name=name))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
