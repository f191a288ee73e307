"""Every setting is explained to the operator."""

import re
from pathlib import Path

from guanxi.config import environment

CONFIG = Path(__file__).parents[2] / "guanxi" / "config"
EXPLAINED = Path(__file__).parents[2] / "docs" / "operate" / "settings.md"


def test_every_setting_is_explained() -> None:
    read = {
        name
        for file in CONFIG.rglob("*.py")
        for name in re.findall(r"\"(GUANXI_[A-Z_]+|DATABASE_URL)\"", file.read_text())
    }

    explained = re.findall(r"\| `([A-Z_]+)` \|", EXPLAINED.read_text())

    assert sorted(explained) == sorted(read - environment.OURS)
