"""A USB stick of the guest: a file of the host with a file system on it, in one of its two USB ports, or out."""

import contextlib
import itertools
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.guest.guest import Guest

_numbers = itertools.count(1)
PLUG_S = 90.0
SECTOR = 512
FIRST = 2048
"""The sector where a partition begins."""
MAKE = {
    "vfat": ("mkfs.vfat", "-n", "KEYS"),
    "exfat": ("mkfs.exfat", "-L", "KEYS"),
    "ntfs": ("mkfs.ntfs", "-q", "-F", "-L", "KEYS"),
    "ext4": ("mkfs.ext4", "-q", "-F", "-L", "KEYS"),
}


class Stick:
    """What is in `path` survives being pulled, and may be looked at while it is out."""

    def __init__(self, guest: "Guest", name: str, size_mb: int = 64) -> None:
        self._guest, self.name = guest, name
        self.path = guest.place / f"{name}.stick"
        self.size_bytes = size_mb << 20
        self.path.touch()
        os.truncate(self.path, self.size_bytes)
        self._id = ""

    def format(self, kind: str, *, table: bool = True) -> None:
        """Make a file system on it, in a partition or on the stick itself."""
        if not table:
            subprocess.run([*MAKE[kind], self.path], check=True, capture_output=True)
            return
        self.partition(f"start={FIRST}")
        self.put(kind, FIRST, self.size_bytes // SECTOR - FIRST)

    def partition(self, *parts: str, table: str = "dos") -> None:
        """Write a table of partitions, `dos` or `gpt`."""
        script = f"label: {table}\n" + "\n".join(parts) + "\n"
        subprocess.run(["sfdisk", "--quiet", self.path], input=script.encode(), check=True, capture_output=True)

    def put(self, kind: str, first: int, sectors: int) -> None:
        """Make a file system in some sectors."""
        made = Path(f"{self.path}.part")
        with made.open("wb") as file:
            file.truncate(sectors * SECTOR)
        subprocess.run([*MAKE[kind], made], check=True, capture_output=True)
        with self.path.open("r+b") as file:
            file.seek(first * SECTOR)
            file.write(made.read_bytes())
        made.unlink()

    def plug(self, port: int = 1, *, read_only: bool = False) -> None:
        """Push it into a port."""
        self._id = f"stick{next(_numbers)}"
        node = {"driver": "file", "node-name": f"f{self._id}", "filename": str(self.path), "read-only": read_only}
        self._guest.qmp.raw("blockdev-add", node)
        device = {"driver": "usb-storage", "id": self._id, "bus": "usb.0", "port": str(port), "drive": f"f{self._id}"}
        self._guest.qmp.raw("device_add", device | {"serial": f"NJ-{self.name}", "removable": True})

    def pull(self) -> None:
        """Pull it out, whatever is going on."""
        self._guest.qmp.command("device_del", id=self._id)
        self._guest.qmp.event("DEVICE_DELETED", PLUG_S, device=self._id)
        self._guest.qmp.raw("blockdev-del", {"node-name": f"f{self._id}"})
        self._id = ""

    def discard(self) -> None:
        """Throw it away."""
        if self._id:
            self.pull()
        with contextlib.suppress(OSError):
            self.path.unlink()
