"""
Everything that is measured, as one JSON: ``make bench``.

Each part is a program of its own, so that none pays for another's memory. The world is
made once, in GUANXI_BENCH_HOME, by default ~/.cache/guanxi-bench.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

PARTS = (
    *("world", "scores", "quality", "pages", "imports", "analyse", "duplicates"),
    *("segments", "explore", "dashboards", "opportunities", "leads", "load", "science"),
    "start",
)


def main() -> None:
    """Run the parts one after the other and print what they found."""
    options = _options()
    sizes = [f"--customers={options.customers}", f"--orders={options.orders}"]
    found: dict[str, object] = {"machine": _machine()}
    for part in options.parts:
        more = (
            sizes
            if part in ("world", "analyse")
            else sizes[:1] * (part == "duplicates")
        )
        print(f"{part} …", file=sys.stderr)
        said = subprocess.run(
            [sys.executable, "-m", f"bench.{part}", *more],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        # What a part tells people before its figures stands on lines of its own.
        found[part] = json.loads(said[said.index(b"{") :])
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=5_000_000)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    return parser.parse_args()


def _machine() -> dict[str, object]:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gb": pages // 2**30,
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


if __name__ == "__main__":
    main()
