"""Puts the keymap of this board's remote where udev and the screen look for it, once a start: `python -m hal.remote`.

An image is for a family of boards; which of them it runs on is known when it runs.
"""

import argparse
import logging
import sys
from pathlib import Path

from hal.detection import detect
from hal.errors import HalError
from hal.machine import Machine

NAME = "remote.toml"
log = logging.getLogger("remote")


def put(boards: Path, machine: Machine, folder: Path) -> bool:
    """Copy the keymap of the board that this machine is; False where it has none. Raises `BadBoard`, OSError."""
    keymap = detect(machine, boards).folder / NAME
    if not keymap.exists():
        return False
    (folder / NAME).write_bytes(keymap.read_bytes())
    return True


def main() -> None:
    """Do it where the board has a remote of its own."""
    parser = argparse.ArgumentParser(prog="hal.remote", description=__doc__)
    parser.add_argument("--boards", type=Path, required=True, help="the folder of all boards")
    parser.add_argument("--folder", type=Path, required=True, help="where the keymap is looked for")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        if not put(asked.boards, Machine(), asked.folder):
            log.info("this board has no remote of its own; the kernel's keymaps stay")
    except (HalError, OSError) as error:
        sys.exit(f"remote: {error}")


if __name__ == "__main__":
    main()
