"""What the data folder is asked for at the very first start."""

import secrets
from pathlib import Path

import pytest

from guanxi.config import environment


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    monkeypatch.delenv("GUANXI_SECRET_KEY", raising=False)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = environment.secret("GUANXI_SECRET_KEY")
    assert len(made) == 67
    assert environment.secret("GUANXI_SECRET_KEY") == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key.txt"]
    assert (tmp_path / "secret-key.txt").stat().st_mode & 0o777 == 0o600


def test_given_two_first_starts_at_once_then_both_use_one_whole_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys: list[str] = []

    def while_another_starts(_size: int) -> str:
        monkeypatch.setattr(secrets, "token_urlsafe", lambda _size: "the key of both")
        keys.append(environment.secret("GUANXI_SECRET_KEY"))
        return "a key that came second"

    monkeypatch.setattr(secrets, "token_urlsafe", while_another_starts)
    keys.append(environment.secret("GUANXI_SECRET_KEY"))
    assert keys == ["the key of both", "the key of both"]


def test_given_a_start_cut_off_while_it_made_the_key_then_the_next_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_power(_size: int) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr(secrets, "token_urlsafe", lose_power)
        with pytest.raises(KeyboardInterrupt):
            environment.secret("GUANXI_SECRET_KEY")
    assert len(environment.secret("GUANXI_SECRET_KEY")) == 67
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key.txt"]
