"""`python -m tests.bench [NAME …]`: run the named benchmarks, or all, and print figure, budget, verdict.

A benchmark is a module here with `run() -> list[Figure]`. Ends with 1 where a budget was missed.
"""

import argparse
import importlib
import os
import platform
import sys
import time
from pathlib import Path

BENCHMARK = "\ndef run() -> list[Figure]:\n"


def names() -> list[str]:
    return sorted(place.stem for place in Path(__file__).parent.glob("*.py") if BENCHMARK in place.read_text())


def machine() -> str:
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.release()}, {cores} cores, Python {platform.python_version()}, load {load:.1f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *names()], help="which benchmarks (all)")
    asked = parser.parse_args().names or names()
    print(machine())
    missed = False
    for name in asked:
        began = time.monotonic()
        figures = importlib.import_module(f"tests.bench.{name}").run()
        print(f"\n{name} ({time.monotonic() - began:.0f} s)")
        for figure in figures:
            print(figure, flush=True)
            missed = missed or not figure.kept
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
