"""Plants the defects one after the other and prints what became of each, as JSON."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.planted.patches import HOUSE, PATCHES, Patch

LONGEST_SECONDS = 900
BESIDE = (".venv", "node_modules", ".git")
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:randomly", "--no-header")
CAUGHT, SURVIVED = 1, 0


def main(names: list[str]) -> int:
    """Try the patches called ``names``, or all; fail if fewer than 95 % are caught."""
    chosen = [patch for patch in PATCHES if not names or patch.name in names]
    results = []
    with _copy() as house:
        for patch in chosen:
            found = _tried(patch, house)
            results.append(found)
            sys.stderr.write(f"{found['outcome']:>14}  {patch.name}\n")
    caught = sum(found["outcome"] == "caught" for found in results)
    told = {"planted": len(chosen), "caught": caught, "patches": results}
    json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0 if caught * 100 >= len(chosen) * 95 else 1


@contextmanager
def _copy() -> Iterator[Path]:
    """Give a copy of the house, without what is only linked to."""
    with TemporaryDirectory(prefix="guanxi-planted-") as folder:
        house = Path(folder) / "house"
        shutil.copytree(HOUSE, house, ignore=shutil.ignore_patterns(*BESIDE))
        yield house


def _tried(patch: Patch, house: Path) -> Mapping[str, object]:
    begun = monotonic()
    if not patch.is_applicable():
        return _result(patch, "does not apply", "", begun)
    clean = (house / patch.file).read_text("utf-8")
    patch.apply(house)
    try:
        for tests in patch.tests:
            code, failed = _run(house, tests)
            if code == CAUGHT:
                return _result(patch, "caught", failed, begun)
            if code != SURVIVED:
                return _result(patch, "broken", failed, begun)
        return _result(patch, "survived", "", begun)
    finally:
        (house / patch.file).write_text(clean, "utf-8")


def _run(house: Path, tests: str) -> tuple[int, str]:
    """Return the exit code of pytest, and the line that says what failed."""
    # Only the copy may be imported, whatever stands in the environment.
    where = {**os.environ, "PYTHONPATH": str(house)}
    done = subprocess.run(
        [sys.executable, *PYTEST, tests],
        cwd=house,
        env=where,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    lines = done.stdout.splitlines()
    told = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, (told or lines[-1:] or [""])[0]


def _result(
    patch: Patch, outcome: str, failed: str, begun: float
) -> Mapping[str, object]:
    return {
        "name": patch.name,
        "means": patch.means,
        "outcome": outcome,
        "noticed_by": failed,
        "seconds": round(monotonic() - begun),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
