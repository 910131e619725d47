"""`python -m buildroot_external.hooks STEP FOLDER FAMILY`: one step that Buildroot asks for."""

import argparse
import os
import sys
from pathlib import Path

from buildroot_external.image import build as image
from buildroot_external.image.tool import CannotBuild

from . import STEPS


def _named(what: str) -> Path | None:
    told = os.environ.get(what)
    return Path(told) if told else None


def main() -> int:
    """Do one step; of which version it is and who signs it, the environment says (docs/guide/build.md)."""
    parser = argparse.ArgumentParser(prog="buildroot_external.hooks", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("family")
    asked = parser.parse_args()
    signing = image.Signing(*(_named(f"IMAGE_{one}") for one in ("CERTIFICATE", "KEY", "AUTHORITY", "PERMITS")))
    try:
        build = image.asked(asked.family, os.environ.get("IMAGE_VERSION") or None, signing)
        STEPS[asked.step](asked.folder, build, lambda words: print(words, flush=True))
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
