"""The walls that no import shows: keys, templates, addresses, words and writes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

PACKAGE = Path(__file__).resolve().parent.parent / "guanxi"
FLOORS = {
    "foundation": 0,
    "identity": 1,
    "customers": 2,
    "interactions": 3,
    "sales": 4,
    "service": 5,
    "loyalty": 6,
    "marketing": 6,
    "analytics": 7,
    "actions": 8,
    "config": 9,
}
TRADE_WORDS = re.compile(
    r"\b(customer|order|opportunity|quote|invoice|campaign|product)s?\b", re.I
)
WRITES = re.compile(r"\.(save|delete|bulk_create|bulk_update|update_or_create)\(")
MAY_WRITE = re.compile(r"/(models|commands|migrations|tests|backends)(/|\.py)")


def may_know(room: str, other: str) -> bool:
    return room == other or FLOORS[other] < FLOORS[room]


def our_models() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("guanxi."):
            yield model


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def sources(pattern: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob(pattern)):
        if "vendor" not in path.parts and "migrations" not in path.parts:
            yield path, path.read_text()


def test_every_room_of_the_plan_is_installed() -> None:
    assert set(settings.ROOMS) == set(FLOORS) - {"foundation", "config"}


def test_foreign_keys_point_down_and_leave_no_way_back() -> None:
    wrong = [
        f"{model.__module__}.{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, Field) and field.remote_field is not None
        if not _lawful_key(model, field)
    ]
    assert wrong == []


def _lawful_key(model: type[Model], field: "Field[object, object]") -> bool:
    room = model._meta.app_label
    related = field.related_model
    assert isinstance(related, type)
    other = related._meta.app_label
    if other not in FLOORS:
        return True
    assert field.remote_field is not None
    hidden = field.remote_field.hidden
    # The foundation's log points at whoever acts, by the setting AUTH_USER_MODEL.
    is_actor = room == "foundation" and related._meta.label == settings.AUTH_USER_MODEL
    return (may_know(room, other) or is_actor) and (hidden or room == other)


@pytest.mark.parametrize("tag", ["include", "extends"])
def test_templates_include_only_their_room_or_the_kit(tag: str) -> None:
    wrong = []
    for path, text in sources("*.html"):
        for name in re.findall(r"{%-?\s*" + tag + r"\s+[\"']([^\"']+)", text):
            folder = name.split("/")[0]
            if folder in FLOORS and folder != room_of(path):
                wrong.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert wrong == []


def test_templates_link_only_to_rooms_below() -> None:
    wrong = []
    for path, text in sources("*.html"):
        for name in re.findall(r"{%-?\s*url\s+[\"'](\w+):", text):
            if name in FLOORS and not may_know(room_of(path), name):
                wrong.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert wrong == []


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*(nonce|application/json))"
    )
    wrong = [
        str(path.relative_to(PACKAGE))
        for path, text in sources("*.html")
        if inline.search(text)
    ]
    assert wrong == []


def test_what_scrolls_by_itself_can_be_scrolled_by_the_keyboard() -> None:
    wrong = [
        str(path.relative_to(PACKAGE))
        for path, text in sources("*.html")
        for opened in text.split('class="ui-scroll"')[1:]
        if 'tabindex="0"' not in opened[:200]
    ]
    assert wrong == []


def test_only_commands_and_models_write() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path, text in sources("*.py")
        if room_of(path) not in {"config", "foundation"}
        if not MAY_WRITE.search(str(path))
        for number, line in enumerate(text.splitlines(), 1)
        if WRITES.search(line) and "objects" in line
    ]
    assert wrong == []


def test_foundation_speaks_no_word_of_the_trade() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path, text in sources("*.py")
        if room_of(path) == "foundation" and "tests" not in path.parts
        for number, line in enumerate(text.splitlines(), 1)
        if TRADE_WORDS.search(_without_english(line))
    ]
    assert wrong == []


def _without_english(line: str) -> str:
    """Drop the everyday senses: "in order", "in that order"."""
    return re.sub(
        r"(in|of|the|their|same|that|this|any|its|byte|sort|stable)\s+order\b"
        r"|\border(_by|ing|ed)?\b(?!\w)",
        "",
        line,
        flags=re.I,
    )


def test_every_suppression_states_its_reason() -> None:
    mark = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)(?!.*--\s*\S)")
    wrong = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path, text in sources("*.py")
        for number, line in enumerate(text.splitlines(), 1)
        if mark.search(line)
    ]
    assert wrong == []
