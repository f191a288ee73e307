"""What an operator or a developer must know stands in the documents."""

import re
from pathlib import Path

from guanxi.config import environment
from guanxi.config.reference import events, reference
from guanxi.foundation.commands import all_commands
from guanxi.foundation.policies import all_policies

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r"\bGUANXI_[A-Z_]*[A-Z]\b")


def settings_read() -> set[str]:
    """Return the names of the variables that the code reads."""
    return {name for name in environment.names() if name.startswith(environment.PREFIX)}


def test_every_setting_is_explained() -> None:
    explained = SETTING.findall((ROOT / "docs/operate/settings.md").read_text())
    assert settings_read() - set(explained) == set()


def test_no_setting_is_explained_that_nothing_reads() -> None:
    explained = SETTING.findall((ROOT / "docs/operate/settings.md").read_text())
    assert set(explained) - settings_read() == set()


def test_the_reference_is_current() -> None:
    """Write it anew with ``make reference``."""
    assert (ROOT / "docs/reference.md").read_text() == reference()


def test_the_reference_names_everything() -> None:
    told = set(re.findall(r"^\| `([^`]+)` \|", reference(), re.M))
    rights = {p.permission(action) for p in all_policies() for action in p.actions}
    assert {event.event_name() for event in events()} - told == set()
    assert rights - told == set()
    assert set(all_commands()) - told == set()


def test_every_right_is_asked_for_somewhere() -> None:
    """The policy tells who reads, the table who exports, one page who sees: these are not named."""
    code = "\n".join(
        path.read_text()
        for path in (ROOT / "guanxi").rglob("*.py")
        if "tests" not in path.parts
    )
    rights = {
        policy.permission(action)
        for policy in all_policies()
        for action in policy.actions
        if action not in {"read", "export", "view_access"}
    }
    assert {right for right in rights if f'"{right}"' not in code} == set()


def test_links_between_documents_lead_somewhere() -> None:
    wrong = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            if not (path.parent / target).exists():
                wrong.append(f"{path.relative_to(ROOT)}: {target}")
    assert wrong == []
