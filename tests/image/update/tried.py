"""What the suite did, line by line, and with which code: `python -m tests.image.update.tried`.

It ends with 1 where the code that updates was changed since the suite was seen to pass, by the log that is kept of it
among the documentation.
"""

import sys
import time
from pathlib import Path

from buildroot_external.twin import made_of
from tests.guest.image import ROOT

KEPT = ROOT / "docs" / "reference" / "update-suite.log"
TREES = ("recorder/update", "board", "rootfs")
FILES = (
    "hal/admin/firmware.py",
    "hal/admin/rauc.py",
    "hal/admin/slot.py",
    "hal/client/firmware.py",
    "hal/drivers/firmware_slot/rauc.py",
)
CODE = "code "


def code() -> str:
    """Give the digest of the code that updates."""
    return made_of.digest(ROOT, trees=TREES, files=FILES)[:16]


class Log:
    """A line for each test, below one that says with which code."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._code = code()

    def add(self, name: str, outcome: str, took_s: float, said: str) -> None:
        """Add how a test went, and what it said."""
        with self._path.open("a+") as file:
            file.seek(0)
            if last_code(file.read()) != self._code:
                file.write(f"{CODE}{self._code}\n")
            told = "".join(f"; {one}" for one in said.splitlines())
            file.write(f"{time.strftime('%Y-%m-%dT%H:%MZ', time.gmtime())} {outcome} {took_s:4.0f} s {name}{told}\n")


def last_code(log: str) -> str:
    """Give the code of a log's last lines; "" of an empty one."""
    codes = [line.removeprefix(CODE) for line in log.splitlines() if line.startswith(CODE)]
    return codes[-1] if codes else ""


def main() -> int:
    """Say whether the log is of today's code."""
    same = last_code(KEPT.read_text()) == code()
    print(
        "The code that updates is the one of the log." if same else "The code that updates was changed since its log."
    )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
