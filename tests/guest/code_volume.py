"""Our code as a small disk for the guest: as it is now, so made for every run."""

import compileall
import py_compile
import shutil
import sys
import tempfile
from pathlib import Path

from tests.guest.image import PYTHON, ROOT, pack

PACKAGES = ("recorder", "hal", "gui", "tests", "board", "rootfs", "buildroot_external")
MOUNTED_AT = "/nightjar"
INSIDE_AT = f"{MOUNTED_AT}/tests/guest/inside"
"""Programs that are started by their path from here import nothing of the rig, which takes a second there."""


def pack_code(out: Path) -> None:
    """Make the image that the guest mounts at `MOUNTED_AT`."""
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        place = Path(name)
        for package in PACKAGES:
            left_out = shutil.ignore_patterns("__pycache__", "stage")
            # Links of the target's root lead to what is on the target alone.
            shutil.copytree(ROOT / package, place / package, ignore=left_out, ignore_dangling_symlinks=True)
        if sys.version_info[:2] == tuple(map(int, PYTHON.split("."))):
            # Compiling takes long in the guest; what is there is exactly this, so nothing need be compared.
            unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
            compileall.compile_dir(place, quiet=2, invalidation_mode=unchecked, stripdir=name, prependdir=MOUNTED_AT)
        pack(place, out, spare_mb=4)
