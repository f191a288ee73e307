"""The console command: quick help, and one sentence for every mistake."""

import pytest

from .conftest import Guanxi


def test_given_help_then_every_command_is_listed(guanxi: Guanxi) -> None:
    shown = guanxi("--help")

    assert shown.returncode == 0
    for name in (
        "run",
        "demo",
        "analyse",
        "warehouse",
        "duplicates",
        "doctor",
        "jobs",
        "backup",
        "restore",
        "token",
        "user",
    ):
        assert f"\n  {name} " in shown.stdout


def test_given_chinese_then_the_help_has_no_english_sentence(guanxi: Guanxi) -> None:
    shown = guanxi("--help", GUANXI_LANGUAGE="zh-hans")

    assert "命令" in shown.stdout
    assert "Commands" not in shown.stdout
    assert "Show" not in shown.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUANXI_PORT", "eighty"),
        ("GUANXI_PORT", "70000"),
        ("GUANXI_LANGUAGE", "fr"),
        ("GUANXI_TIME_ZONE", "Moon/Base"),
        ("GUANXI_DEBUG", "maybe"),
        ("GUANXI_CURRENCY", "yuan"),
        ("GUANXI_ORIGIN", "https://crm.example/app"),
        ("GUANXI_ALLOWED_HOSTS", "https://crm.example"),
        ("GUANXI_ALLOWED_HOSTS", "crm.example shop.example"),
        ("GUANXI_SECRET_KEY", "too-short"),
        ("GUANXI_HOME", "/proc/nowhere"),
        ("GUANXI_HOST", "192.0.2.1"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/shop"),
        ("DATABASE_URL", "postgresql://127.0.0.1:port/none"),
        ("DATABASE_URL", "postgresql://127.0.0.1"),
    ],
)
def test_given_wrong_setting_then_one_sentence_names_it(
    guanxi: Guanxi, name: str, value: str
) -> None:
    ended = guanxi("run", **{name: value})

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert name in ended.stderr
    assert "too-short" not in ended.stderr
    assert len(ended.stderr) < 200


def test_given_wrong_setting_then_the_sentence_is_chinese_by_default(
    guanxi: Guanxi,
) -> None:
    ended = guanxi("run", GUANXI_PORT="eighty", GUANXI_LANGUAGE="")

    assert ended.stderr == "GUANXI_PORT=eighty 无法使用：须为 1 到 65535 的整数。\n"


def test_given_misspelt_setting_then_the_start_names_the_nearest_and_goes_on(
    guanxi: Guanxi,
) -> None:
    ended = guanxi("run", GUANXI_PROT="9000", GUANXI_X="1", GUANXI_HOST="192.0.2.1")

    told = ended.stderr.splitlines()
    assert told[:2] == [
        "There is no setting GUANXI_PROT, so it is ignored: is GUANXI_PORT meant?",
        "There is no setting GUANXI_X, so it is ignored.",
    ]
    assert "GUANXI_HOST=192.0.2.1" in told[2]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["run", "--faster"],
        ["backup"],
        ["backup", "/nowhere/guanxi.tar.gz"],
        ["restore", "/nowhere/file"],
        ["jobs", "retry", "seven"],
    ],
)
def test_given_wrong_argument_then_one_sentence_and_code_2(
    guanxi: Guanxi, arguments: list[str]
) -> None:
    ended = guanxi(*arguments)

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr
