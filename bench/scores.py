"""
Orders in PostgreSQL to traits of customers, as ``guanxi analyse`` does it, as JSON.

Twice: the first run writes what it finds, the second finds nothing changed.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from typing import Any

from bench import house
from bench.analyse import AS_OF
from guanxi.config.postgres import ensure_running


def main() -> None:
    """Analyze the world of `bench.world` twice and print the seconds of each part."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    house.enter()
    with ensure_running():
        found: dict[str, object] = {
            name: _analyzed() for name in ("first_run", "second_run")
        }
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    json.dump(found | {"peak_mb": peak}, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _analyzed() -> dict[str, Any]:
    day = AS_OF.isoformat()
    said = subprocess.run(
        [sys.executable, "-m", "guanxi.config", "analyse", "--as-of", day, "--json"],
        env=os.environ,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    facts = json.loads(said)
    names = ("orders", "customers", "written")
    parts = ("extract_seconds", "analyse_seconds", "write_seconds")
    rate = round(facts["written"] / facts["write_seconds"])
    kept = {name: facts[name] for name in (*names, *parts)}
    return kept | {"written_per_second": rate}


if __name__ == "__main__":
    main()
