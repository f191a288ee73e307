"""Who was erased stays so: after a kill halfway, and when an older backup comes back."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Guanxi

CANARY = "canary7f3a"
_OPEN = """
import os, signal
from guanxi.config import prepare
prepare.set_up_django()
from guanxi.config.session import house_open
with house_open():
    from guanxi.customers.commands import erasure
    from guanxi.customers.models import Customer, Erasure
    from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck
    from guanxi.foundation.actor import System
    from guanxi.foundation.clock import now
    house = System("tests")
    def ask():
        asked = erasure.Request(
            reason=ErasureReason.REQUEST, identity=IdentityCheck.KNOWN
        )
        return erasure.request_erasure(house, Customer.objects.get(), asked, at=now())
"""
_MAKE = """
    from guanxi.customers.commands.note import add_note
    from guanxi.customers.tests.factories import make_customer
    prepare.make_key_ring()
    made = make_customer("canary7f3a", phone="+8613800138000", id_number="canary7f3a")
    add_note(house, made, "canary7f3a", at=now())
"""
_ERASE = """
    erasure.carry_out(erasure_id=ask().pk)
"""
_DIE = """
    one = ask()
    erasure.publish = lambda *_a, **_k: os.kill(os.getpid(), signal.SIGKILL)
    erasure.carry_out(erasure_id=one.pk)
"""
_SHOW = """
    one = Customer.objects.get()
    print(one.name, one.phone, one.erased_at is not None, Erasure.objects.count())
"""


@pytest.fixture
def made(home: Path, environment: dict[str, str]) -> dict[str, str]:
    """Give the environment of a house with one customer."""
    done = _run(_MAKE, environment)
    assert done.returncode == 0, done.stderr
    return environment


def _run(
    script: str, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", _OPEN + script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def _shown(environment: dict[str, str]) -> str:
    done = _run(_SHOW, environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_given_an_older_backup_when_restored_then_the_erased_are_erased_again(
    home: Path, made: dict[str, str], guanxi: Guanxi
) -> None:
    path = home / "guanxi.tar.gz"
    assert guanxi("backup", str(path)).returncode == 0
    assert _run(_ERASE, made).returncode == 0
    assert _shown(made) == "#1  True 1"
    restored = guanxi("restore", str(path), "--force")
    assert restored.returncode == 0, restored.stderr
    assert _shown(made) == "#1  True 1"
    assert CANARY not in (home / "erased.jsonl").read_text()


def test_given_a_kill_halfway_when_opened_again_then_the_person_is_erased(
    made: dict[str, str],
) -> None:
    assert _run(_DIE, made).returncode == -9
    assert _shown(made) == "#1  True 1"


def test_given_a_backup_of_after_when_restored_elsewhere_then_it_brings_its_list(
    home: Path, other_home: Path, made: dict[str, str], guanxi: Guanxi
) -> None:
    old, new = home / "old.tar.gz", home / "new.tar.gz"
    guanxi("backup", str(old))
    assert _run(_ERASE, made).returncode == 0
    guanxi("backup", str(new))
    elsewhere = {"GUANXI_HOME": str(other_home)}
    assert guanxi("restore", str(new), **elsewhere).returncode == 0
    assert guanxi("restore", str(old), "--force", **elsewhere).returncode == 0
    assert _shown({**made, **elsewhere}) == "#1  True 1"
