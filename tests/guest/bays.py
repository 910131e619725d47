"""Disk bays of a recorder in the guest: drives with a file system, mounted below an instance, and who records there."""

import contextlib
import json
import signal
from collections.abc import Callable, Iterator
from typing import Any

from tests.guest.disk import Disk
from tests.guest.guest import Guest
from tests.guest.mapped import Mapped
from tests.guest.shell import Running

DATA = "/data"
DRIVE, DISK_MB = 40 << 20, 28
"""Bytes of a drive, and MB of the recording disk on it, that hold any of the tests here."""
STATE_S = 240
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

    def format(
        self, drive: Disk | Mapped, name: str, *, disk_mb: int, block_kb: int = 256, file_system: str = "ext4"
    ) -> None:
        """Make a new drive a recording disk and mount it."""
        device = drive.device or (drive.plug() if isinstance(drive, Disk) else "")
        made = {"ext4": "-q -b 4096 -E lazy_itable_init=0,lazy_journal_init=0 -m 0", "xfs": "-q -f"}
        self._guest.run(f"mkfs.{file_system} {made[file_system]} {device}")
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

    def account(self, recording: "Recording", *words: str, count: int | None = None) -> dict[str, Any]:
        """Say what became of the first `count` pictures that a recorder sent; of all that it told of."""
        pictures = recording.state()["count"] if count is None else count
        started = ("--account", str(recording.started_us), str(pictures))
        return _account(self._guest.python("tests.guest.inside.record", DATA, *started, *words))


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

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Have it stand still in the block; it films afterwards what it missed."""
        self.running.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.running.signal(signal.SIGCONT)

    def finish(self) -> dict[str, Any]:
        """End it in good order; gives its account."""
        self.running.signal(signal.SIGTERM)
        return _account(self.running)


def whole(account: dict[str, Any]) -> bool:
    """Say what must be so after any fault: every sample plays or is explained, and nothing was made up."""
    return account["unexplained"] == [] and account["invented"] == 0


def _account(running: Running) -> dict[str, Any]:
    """Wait for the whole line."""
    word = "ACCOUNT "
    running.until(lambda: "\n" in running.output.partition(word)[2], 300, "the account")
    return _said(running.output, word)


def _said(output: str, word: str) -> dict[str, Any]:
    """Give what the last whole line with this word says."""
    whole = output[: output.rfind("\n")]
    return json.loads(whole[whole.rfind(word) + len(word) :].split("\n")[0])
