"""Disk bays of a recorder in the guest: drives with a file system, mounted below an instance, and who records there."""

import json
import signal
from collections.abc import Callable
from typing import Any

from tests.guest.disk import Disk
from tests.guest.guest import Guest
from tests.guest.shell import Running

DATA = "/data"
STATE_S = 90.0
"""A disk's state changes within 2 s; this is for a machine that has other things to do."""


class Bays:
    """The mount points of one instance."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._recorders: list[Running] = []
        guest.run(f"rm -rf {DATA}; mkdir -p {DATA}/disks")

    def place(self, name: str) -> str:
        """Give the mount point of a bay."""
        return f"{DATA}/disks/{name}"

    def mount(self, source: str, name: str, options: str = "noatime") -> None:
        """Mount a device in a bay."""
        self._guest.run(f"mkdir -p {self.place(name)} && mount -o {options} {source} {self.place(name)}")

    def unmount(self, name: str) -> None:
        """Take a mount away, whoever uses it."""
        self._guest.run(f"umount -l {self.place(name)}")

    def format(self, drive: Disk, name: str, *, disk_mb: int, block_kb: int = 256, source: str = "") -> None:
        """Plug a new drive in, make it a recording disk, mount it; `source` may be a mapping of it."""
        device = source or drive.plug()
        self._guest.run(f"mkfs.ext4 -q -b 4096 -E lazy_itable_init=0,lazy_journal_init=0 -m 0 {device}")
        self.mount(device, name)
        sizes = ("--size-mb", str(disk_mb), "--block-kb", str(block_kb))
        self._guest.python("tests.guest.inside.film", self.place(name), *sizes).wait_for("done")

    def content(self, name: str) -> str:
        """Give sums of all files in a bay, to see whether any changed."""
        return self._guest.run(f"cd {self.place(name)} && find . -type f | sort | xargs -r md5sum")

    def record(self, *words: str) -> "Recording":
        """Start a recorder."""
        running = self._guest.python("tests.guest.inside.record", DATA, *words)
        running.wait_for("\nSTATE")
        self._recorders.append(running)
        return Recording(running)

    def clear(self) -> None:
        """End every recorder and take every mount away."""
        for one in self._recorders:
            one.signal(signal.SIGKILL)
            one.wait()
        self._guest.run(f"umount -lq {DATA}/disks/*; dmsetup remove_all --noudevsync -f; true", check=False)

    def account(self, recording: "Recording", *words: str) -> dict[str, Any]:
        """Say what became of what a recorder sent that was ended otherwise."""
        count = recording.state()["count"]
        started = ("--account", str(recording.started_us), str(count))
        told = self._guest.python("tests.guest.inside.record", DATA, *started, *words).wait_for("ACCOUNT", 300)
        return _said(told, "ACCOUNT ")


class Recording:
    """A recorder in the guest."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.started_us = int(running.output.split("STARTED ")[1].split()[0])

    def _told(self) -> bool:
        """Whether it has said how it is."""
        output = self.running.output
        return "STATE " in output[: output.rfind("\n") + 1]

    def state(self) -> dict[str, Any]:
        """Give its last word."""
        return _said(self.running.output, "STATE ")

    def until(self, seen: Callable[[dict[str, Any]], Any], timeout_s: float = STATE_S) -> dict[str, Any]:
        """Wait until its state pleases."""
        has = lambda: self._told() and seen(self.state())  # noqa: E731
        self.running.until(has, timeout_s, "a state of the recorder")
        return self.state()

    def for_seconds(self, seconds: float, timeout_s: float = STATE_S) -> None:
        """Let it film for so long, by the number of pictures."""
        more = (self.state()["count"] if self._told() else 0) + 5 * seconds
        self.until(lambda one: one["count"] >= more, timeout_s + seconds)

    def disk_is(self, name: str, state: str, timeout_s: float = STATE_S) -> str:
        """Wait until a disk has this state; gives the reason."""
        return self.until(lambda one: one["disks"].get(name, [""])[0] == state, timeout_s)["disks"][name][1]

    def finish(self) -> dict[str, Any]:
        """End it in good order; gives its account."""
        self.running.signal(signal.SIGTERM)
        return _said(self.running.wait_for("ACCOUNT", 300), "ACCOUNT ")


def _said(output: str, word: str) -> dict[str, Any]:
    """Give what the last whole line with this word says."""
    whole = output[: output.rfind("\n")]
    return json.loads(whole[whole.rfind(word) + len(word) :].split("\n")[0])
