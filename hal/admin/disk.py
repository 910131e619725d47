"""Disks: make one, or an array, ready for recording; ask how one is, test it, let it rest."""

import shutil
import time
from typing import Annotated, Literal

from msgspec import Meta

from hal.admin.guard import Guard
from hal.admin.job import Run, job, must, run
from hal.errors import Refused
from hal.kernel.block import PARTITION_NAME, BlockDisk
from hal.kinds.verbs import verb

FileSystem = Literal["xfs", "ext4"]
Label = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,12}\Z")]
"""XFS keeps twelve characters."""
APPEARS_S = 10.0
FORMAT_S = 600.0
ASKED_S = 30.0
_TABLE = b"label: gpt\ntype=linux\n"
_MAKE: dict[FileSystem, tuple[str, ...]] = {
    # No reflinks: the block files are never shared, and copying on write would move what must stay where it is (S8).
    "xfs": ("mkfs.xfs", "-f", "-q", "-m", "crc=1,reflink=0", "-L"),
    # An inode for each 4 MiB, nothing kept back for root, and tables written now rather than while it records.
    "ext4": (
        "mkfs.ext4",
        "-F",
        "-q",
        "-T",
        "largefile4",
        "-m",
        "0",
        "-E",
        "lazy_itable_init=0,lazy_journal_init=0",
        "-L",
    ),
}


class Disks:
    """What can be asked of disks. `smartctl`'s answers are given as they are: they are parsed where nobody is root."""

    def __init__(self, guard: Guard, run: Run = run) -> None:
        self._guard = guard
        self._run = run

    @verb(destructive=True, patience_s=FORMAT_S)
    def initialise(self, *, disk: str, serial: str, label: Label, filesystem: FileSystem = "xfs") -> str:
        """Make a disk or an array ready: one partition, a file system made for the job, a label.

        Gives the partition's name. All that is on it is lost. `serial` is what its owner typed back; an array's is
        its id. Raises `Refused`, `ProgramFailed`, `Cancelled`.
        """
        found = self._guard.expendable(disk, serial, arrays=True)
        if not found.divisible:
            # Before anything is lost: its partition would never be seen.
            raise Refused(f"The kernel looks for no partitions on {disk}; a loop device needs losetup --partscan")
        with self._guard.alone(found):
            node = self._guard.node(found)
            job().tell(0, f"{disk}: old contents are forgotten")
            must(self._run, ["wipefs", "--all", "--quiet", *self._old(found), node])
            job().tell(10, f"{disk}: a partition is made")
            must(self._run, ["sfdisk", "--quiet", "--wipe", "always", "--lock=yes", node], _TABLE)
            # The kernel has read the table by now, unless somebody looked at the disk just then; told again, it does.
            self._run(["partx", "--update", node], b"", ASKED_S)
            found, partition = self._partition(found)
            job().tell(20, f"{disk}: a file system is made")
            must(self._run, [*_MAKE[filesystem], label, self._guard.node(found, partition)], patience_s=FORMAT_S)
            job().tell(90, f"{disk}: it is written out")
            must(self._run, ["blockdev", "--flushbufs", node])
            # The name comes last: it says that the disk is ready, and has it mounted wherever it is pushed in.
            must(self._run, ["sfdisk", "--quiet", "--part-label", "--lock=yes", node, "1", PARTITION_NAME])
            self._await_name(found)
            self._guard.made_ready(found)
            job().tell(100, f"{disk} is ready")
            return partition

    def _old(self, disk: BlockDisk) -> list[str]:
        return [self._guard.node(disk, partition) for partition in disk.partitions]

    def _partition(self, disk: BlockDisk) -> tuple[BlockDisk, str]:
        """Wait until kernel and udev know the new partition."""
        end = time.monotonic() + APPEARS_S
        while True:
            found = self._guard.volume(disk.name)
            if len(found.partitions) == 1 and (self._guard.machine.dev / found.partitions[0]).exists():
                if shutil.which("udevadm"):  # it may hold the node open for a moment
                    self._run(["udevadm", "settle", "--timeout=10"], b"", ASKED_S)
                return found, found.partitions[0]
            if time.monotonic() > end:
                raise Refused(f"The new partition of {disk.name} did not appear")
            job().go_on()
            time.sleep(0.1)

    def _await_name(self, disk: BlockDisk) -> None:
        """Have the kernel read the table again until it knows what the partition is called; udev may be looking too."""
        end = time.monotonic() + APPEARS_S
        while not self._guard.volume(disk.name).recording:
            if time.monotonic() > end:
                raise Refused(
                    f"The kernel does not say what the partition of {disk.name} is called, so the disk would not be"
                    " found again; does this kernel read GPT tables (CONFIG_EFI_PARTITION)?"
                )
            job().go_on()
            self._run(["blockdev", "--rereadpt", self._guard.node(disk)], b"", ASKED_S)
            time.sleep(0.1)
        self._partition(disk)

    @verb(patience_s=ASKED_S)
    def health(self, *, disk: str, wake: bool = False) -> str:
        """Ask a drive how it is; gives what `smartctl` answers in JSON. Without `wake` one that rests is left alone."""
        rest = [] if wake else ["--nocheck=standby"]
        return self._smartctl(disk, *rest, "--all", "--log=devstat")

    @verb(patience_s=ASKED_S)
    def test(self, *, disk: str, extended: bool) -> str:
        """Begin a self-test; gives what `smartctl` answers in JSON."""
        return self._smartctl(disk, "--test=long" if extended else "--test=short")

    @verb(patience_s=ASKED_S)
    def stop_test(self, *, disk: str) -> str:
        """Give up a self-test; gives what `smartctl` answers in JSON."""
        return self._smartctl(disk, "--abort")

    def _smartctl(self, disk: str, *options: str) -> str:
        asked = ["smartctl", "--json=c", *options, self._guard.node(self._guard.find(disk))]
        return self._run(asked, b"", ASKED_S).output.decode(errors="replace")

    @verb(patience_s=ASKED_S)
    def spin_down(self, *, disk: str) -> None:
        """Let a drive rest; raises `ProgramFailed`, `Refused` for one that records."""
        found = self._guard.find(disk)
        if found.mounts:
            raise Refused(f"{disk} is in use at {found.mounts[0]}; it would be woken at once")
        must(self._run, ["hdparm", "-y", self._guard.node(found)])
