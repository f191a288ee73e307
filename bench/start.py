"""How long the second start takes until the first answer, and what is installed, as JSON."""

import json
import sys
import sysconfig
from pathlib import Path
from statistics import median

from bench import house

STARTS = 3


def main() -> None:
    """Start and stop the house of `bench.world` some times."""
    house.enter()
    with house.running():
        pass  # whatever is stale is prepared here
    seconds = []
    for _start in range(STARTS):
        with house.running() as running:
            seconds.append(running.start_seconds)
    report = {"start_s": median(seconds), "installed_mb": _installed()}
    json.dump(report, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _installed() -> int:
    """Return the megabytes of the installed packages, our own not among them."""
    packages = Path(sysconfig.get_path("purelib"))
    sizes = (p.stat().st_size for p in packages.rglob("*") if p.is_file())
    return sum(sizes) // 2**20


if __name__ == "__main__":
    main()
