"""The key ring: made once, turned over while killed, carried by backups or asked for."""

import json
import signal
from pathlib import Path

from guanxi.foundation.sealing.ring import read_ring

from .conftest import Guanxi, Start

FILL = """
from guanxi.config.prepare import set_up_django; set_up_django()
from guanxi.config.session import house_open
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
with house_open():
    from guanxi.customers.commands.customer import create_customer
    for n in range(12):
        create_customer(System("test"), name=f"张{n}", at=now(), id_number=f"E10000{n:02}")
"""
READ = """
from guanxi.config.prepare import set_up_django; set_up_django()
from guanxi.config.session import house_open
with house_open():
    from guanxi.customers.models import Customer
    print(*(c.id_number for c in Customer.objects.order_by("pk")))
"""
# Small steps, and a stop after each: long enough to be killed between two.
SLOW = """
import sys, time
from guanxi.config.prepare import set_up_django; set_up_django()
from guanxi.foundation.sealing import rotation
rotation.STEP = 2
from guanxi.config.commands import keys
keys._tell = lambda done: (print(done, flush=True), time.sleep(30))
sys.argv = ["guanxi", "keys", "rotate"]
from guanxi.config.cli import main; main()
"""
NUMBERS = " ".join(f"E10000{n:02}" for n in range(12))


def test_keys_of_a_house_through_rotation_kill_backup_and_loss(
    home: Path, other_home: Path, start: Start, guanxi: Guanxi
) -> None:
    assert start("-c", FILL).wait(120) == 0
    ring = home / "key-ring.json"
    assert ring.stat().st_mode & 0o777 == 0o600
    (first,) = _keys(guanxi)
    assert (first["is_active"], first["used"]) == (True, 12)

    killed = start("-c", SLOW)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "2\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert [key["used"] for key in _keys(guanxi)] == [10, 2]

    done = guanxi("keys", "rotate", "--json")
    assert done.returncode == 0
    old, new = json.loads(done.stdout)
    assert (old["used"], new["used"], new["is_active"]) == (0, 12, True)

    path = home / "guanxi.tar.gz"
    made = json.loads(guanxi("backup", str(path), "--json").stdout)
    assert made["keys"] == {new["id"]: 12}
    assert guanxi("restore", str(path), GUANXI_HOME=str(other_home)).returncode == 0
    assert _numbers(start, GUANXI_HOME=str(other_home)) == NUMBERS
    assert (other_home / "key-ring.json").stat().st_mode & 0o777 == 0o600

    strange = guanxi("keys", "new", GUANXI_HOME=str(other_home / "none")).stdout
    refused = guanxi("restore", str(path), "--force", GUANXI_KEY_RING=strange)
    assert refused.returncode == 2
    assert f"12 protected values need keys that the key ring lacks: {new['id']}" in (
        refused.stderr
    )

    ring.unlink()
    told = json.loads(guanxi("doctor", "--json").stdout)
    (finding,) = [one for one in told["findings"] if one["key"] == "key_ring"]
    assert (finding["is_well"], new["id"] in finding["found"]) == (False, True)
    assert not ring.exists()
    assert _numbers(start) == " ".join(["(cannot be read)"] * 12)
    assert guanxi("keys", "rotate").returncode == 2


def test_given_ring_of_the_environment_when_asked_for_a_new_key_then_it_is_added(
    guanxi: Guanxi,
) -> None:
    first = guanxi("keys", "new").stdout
    second = guanxi("keys", "new", GUANXI_KEY_RING=first).stdout
    (old,) = read_ring(first).keys
    assert second.count("\n") == 1
    both = read_ring(second)
    assert old in both.keys
    assert both.active != old
    assert both.keys[old].retired_at is not None


def _keys(guanxi: Guanxi) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(guanxi("keys", "list", "--json").stdout)
    return found


def _numbers(start: Start, **more: str) -> str:
    told, _nothing = start("-c", READ, **more).communicate(timeout=120)
    return told.strip().splitlines()[-1]
