"""`python -m buildroot_external compose | check [--buildroot DIR]`: the external tree, made and held to its rules."""

import argparse
import sys
from pathlib import Path

from . import buildroot
from .check import REPOSITORY, problems
from .compose import composed


def main() -> int:
    """Do what the command line says; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="buildroot_external", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("compose", help="write each defconfig of its fragments")
    check = verbs.add_parser("check", help="look at the tree; with a Buildroot, have it looked at by Buildroot too")
    check.add_argument("--buildroot", type=Path, help="a tree of the release that configs.toml names")
    check.add_argument("--out", type=Path, default=REPOSITORY / "build" / "check", help="where Buildroot configures")
    asked = parser.parse_args()
    if asked.verb == "compose":
        for path, text in composed().items():
            path.write_text(text, encoding="utf-8")
        return 0
    found = [*problems()]
    if asked.buildroot is not None:
        found += buildroot.problems(asked.buildroot.resolve(), asked.out.resolve())
    for one in found:
        print(one, file=sys.stderr)
    print(f"{len(composed())} configurations, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
