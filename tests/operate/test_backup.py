"""A backup brings back every row and file, or nothing is touched."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from guanxi.config import archive, backup, backup_parts, restore, swap
from guanxi.config.postgres import ensure_running

from .conftest import Guanxi, Start

MADE_AT = datetime(2024, 5, 6, tzinfo=UTC)


@pytest.fixture
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a data folder with a table, a file and a key, and make it the current one."""
    monkeypatch.setenv("GUANXI_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with ensure_running() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE people (id bigint PRIMARY KEY, name text)")
        connection.execute(
            "INSERT INTO people SELECT g, '张伟' FROM generate_series(1, 500) g"
        )
        connection.execute("CREATE INDEX ON people USING gin (name gin_trgm_ops)")
    (home / "files" / "2024").mkdir(parents=True)
    (home / "files" / "2024" / "合同.txt").write_text("甲方")
    (home / "secret-key.txt").write_text("the key")
    return home


def test_given_backup_when_restored_elsewhere_then_rows_files_and_key_are_there(
    filled: Path, other_home: Path, guanxi: Guanxi
) -> None:
    path = filled / "guanxi.tar.gz"
    made = guanxi("backup", str(path), "--json")
    assert json.loads(made.stdout)["rows"] == {"people": 500}
    assert path.stat().st_mode & 0o777 == 0o600

    done = guanxi("restore", str(path), GUANXI_HOME=str(other_home))

    assert (done.returncode, done.stderr) == (0, "")
    assert (other_home / "files" / "2024" / "合同.txt").read_text() == "甲方"
    assert (other_home / "secret-key.txt").read_text() == "the key"
    again = guanxi("backup", str(path), "--json", GUANXI_HOME=str(other_home))
    assert json.loads(again.stdout)["rows"] == {"people": 500}


def test_given_data_when_restored_without_force_then_nothing_is_touched(
    filled: Path, guanxi: Guanxi
) -> None:
    path = filled / "guanxi.tar.gz"
    guanxi("backup", str(path))
    _run("DELETE FROM people WHERE id > 100")

    refused = guanxi("restore", str(path))

    assert refused.returncode == 2
    assert (
        refused.stderr == "There is data already: add --force to replace all of it.\n"
    )
    assert _rows() == 100


def test_given_data_when_restored_with_force_then_it_is_replaced(
    filled: Path, guanxi: Guanxi
) -> None:
    path = filled / "guanxi.tar.gz"
    guanxi("backup", str(path))
    _run("DELETE FROM people WHERE id > 100")

    assert guanxi("restore", str(path), "--force").returncode == 0

    assert _rows() == 500


def test_given_damaged_backup_when_restored_with_force_then_the_data_stays(
    filled: Path, guanxi: Guanxi
) -> None:
    path = filled / "guanxi.tar.gz"
    guanxi("backup", str(path))
    path.write_bytes(path.read_bytes()[:-200])

    refused = guanxi("restore", str(path), "--force")

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert _rows() == 500


def test_given_file_named_to_leave_its_folder_then_it_is_refused(
    filled: Path, guanxi: Guanxi
) -> None:
    path = filled / "guanxi.tar.gz"
    head = {"format": 1, "version": "0.1.0", "postgres": 15, "rows": {}}
    with archive.create(path) as writer:
        writer.add_facts("guanxi.json", head)
        writer.add_stream("files/..", BytesIO(b"outside"))

    refused = guanxi("restore", str(path), "--force")

    assert refused.returncode == 2
    assert "forbidden name: files/../000000" in refused.stderr
    assert not (filled / "000000").exists()
    assert _rows() == 500


def test_given_failure_while_restoring_then_the_data_stays(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_power(*_arguments: object) -> None:
        raise KeyboardInterrupt

    path = filled / "guanxi.tar.gz"
    backup.back_up(path, at=MADE_AT)
    monkeypatch.setattr(restore, "_compare", lose_power)

    with pytest.raises(KeyboardInterrupt):
        restore.restore(path, force=True)

    assert _rows() == 500
    assert (filled / "files" / "2024" / "合同.txt").read_text() == "甲方"


def test_given_folder_that_takes_no_file_then_one_sentence_says_so(
    filled: Path, guanxi: Guanxi
) -> None:
    refused = guanxi("backup", "/proc/guanxi.tar.gz")

    assert refused.returncode == 2
    assert refused.stderr.startswith("The backup cannot be written to /proc/guanxi")
    assert refused.stderr.count("\n") == 1


def test_given_file_removed_meanwhile_then_the_backup_has_the_others(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = filled / "files" / "2024" / "合同.txt"
    listed = [there.with_name("gone.txt"), there]
    monkeypatch.setattr(backup, "_files", lambda _folder: listed)
    path = filled / "guanxi.tar.gz"

    backup.back_up(path, at=MADE_AT)

    names = {member.name for _tar, member in archive.parts(path)}
    assert "files/2024/合同.txt" in names
    assert "files/2024/gone.txt" not in names
    assert archive.verify(path)["rows"] == {"people": 500}


def test_given_certificates_in_the_address_then_the_programs_get_them_too() -> None:
    found = backup_parts.libpq_environment(
        "postgresql://li@db.example:5433/crm?sslmode=verify-full&sslcert=/etc/li.crt"
        "&sslkey=/etc/li.key&connect_timeout=7"
    )
    asked = {name: found[name] for name in found if name.startswith("PG")}
    assert (
        asked.items()
        >= {
            "PGUSER": "li",
            "PGHOST": "db.example",
            "PGPORT": "5433",
            "PGDATABASE": "crm",
            "PGSSLMODE": "verify-full",
            "PGSSLCERT": "/etc/li.crt",
            "PGSSLKEY": "/etc/li.key",
            "PGCONNECT_TIMEOUT": "7",
        }.items()
    )


def _die_in(step: str, path: Path, start: Start) -> None:
    """Restore ``path``, and end without a word where ``step`` gets the files."""
    died = start(
        "-c",
        "import os; from pathlib import Path; from guanxi.config import restore; "
        f"coming = Path('{path}').with_name('files.new'); "
        f"restore.{step} = lambda *_: coming.exists() and os._exit(9); "
        f"restore.restore(Path('{path}'), force=True)",
    )
    assert died.wait(60) == 9


def test_given_restore_killed_before_it_proved_complete_then_the_old_data_are_back(
    filled: Path, guanxi: Guanxi, start: Start
) -> None:
    path = filled / "guanxi.tar.gz"
    guanxi("backup", str(path))
    _run("DELETE FROM people WHERE id > 100")
    (filled / "files" / "2024" / "合同.txt").write_text("乙方")
    _die_in("_compare", path, start)

    later = guanxi("backup", str(filled / "later.tar.gz"), "--json")

    assert json.loads(later.stdout)["rows"] == {"people": 100}
    assert (filled / "files" / "2024" / "合同.txt").read_text() == "乙方"
    assert not (filled / "files.new").exists()


def test_given_restore_killed_when_complete_then_work_done_since_is_never_lost(
    filled: Path, guanxi: Guanxi, start: Start
) -> None:
    path = filled / "guanxi.tar.gz"
    guanxi("backup", str(path))
    _run("DELETE FROM people WHERE id > 100")
    (filled / "files" / "2024" / "合同.txt").write_text("乙方")
    _die_in("take_over", path, start)
    guanxi("backup", str(filled / "later.tar.gz"))
    _run("DELETE FROM people WHERE id > 300")

    assert guanxi("restore", str(path)).returncode == 2

    assert _rows() == 300
    assert (filled / "files" / "2024" / "合同.txt").read_text() == "甲方"


def test_given_restore_at_work_then_other_commands_leave_its_tables_alone(
    filled: Path, guanxi: Guanxi
) -> None:
    with ensure_running() as url, psycopg.connect(url, autocommit=True) as busy:
        busy.execute("SELECT pg_advisory_lock(%s)", [swap.RESTORE_LOCK])
        busy.execute(f"CREATE SCHEMA {swap.ASIDE}")

        refused = guanxi("backup", str(filled / "guanxi.tar.gz"))

        assert refused.returncode == 2
        assert refused.stderr == "A backup is being restored: wait for its end.\n"
        assert _rows() == 500


def test_given_backup_of_a_newer_version_then_it_is_refused(
    filled: Path, guanxi: Guanxi, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled / "guanxi.tar.gz"
    monkeypatch.setattr(backup, "version", lambda _name: "99.0.0")
    backup.back_up(path, at=MADE_AT)

    refused = guanxi("restore", str(path), "--force")

    assert refused.returncode == 2
    assert "99.0.0" in refused.stderr


def _run(statement: str) -> None:
    with ensure_running() as url, psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def _rows() -> int:
    with ensure_running() as url, psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM people").fetchone()
        return row[0] if row else 0
