"""A drive behind the device mapper, whose sectors go bad, refuse or hang while it is in use.

Targets: Documentation/admin-guide/device-mapper/ of the kernel (linear, dm-dust; "error" is in no page, and fails all).
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.guest.disk import Disk
from tests.guest.guest import Guest

SECTOR, BLOCK = 512, 4096


class Ill(StrEnum):
    """What is wrong with sectors."""

    DEAD = "neither read nor written"
    LOST = "not read until they are written, as a drive does that has others to put in their place"


@dataclass(frozen=True)
class Spot:
    """Sectors of the drive that are ill; whole blocks of 4096 bytes."""

    first: int
    count: int
    ill: Ill = Ill.DEAD


class Mapped:
    """The whole of a drive, which is plugged in for that, as /dev/mapper/NAME."""

    def __init__(self, guest: Guest, drive: Disk) -> None:
        self._guest, self._drive = guest, drive
        self.device = f"/dev/mapper/{drive.name}"
        if not drive.plugged:
            drive.plug()
        guest.run("modprobe", "dm-dust")
        guest.run(f"printf '{self._table([])}' | dmsetup create {drive.name} --noudevsync && dmsetup mknodes")

    def _table(self, spots: list[Spot]) -> str:
        lines: list[str] = []
        at, end = 0, self._drive.size_bytes // SECTOR
        for one in sorted(spots, key=lambda spot: spot.first):
            if one.first > at:
                lines.append(f"{at} {one.first - at} linear {self._drive.device} {at}")
            dusty = f"dust {self._drive.device} {one.first} {BLOCK}"
            lines.append(f"{one.first} {one.count} {'error' if one.ill is Ill.DEAD else dusty}")
            at = one.first + one.count
        if at < end:
            lines.append(f"{at} {end - at} linear {self._drive.device} {at}")
        return "".join(line + "\\n" for line in lines)

    def spoil(self, *spots: Spot) -> None:
        """Have these sectors be ill from now on, and no others; what the kernel had read of the drive is forgotten."""
        name = self._drive.name
        self._guest.run(
            f"printf '{self._table(list(spots))}' | dmsetup load {name} --noudevsync && "
            f"dmsetup suspend --nolockfs {name} && dmsetup resume {name} --noudevsync"
        )
        for one in spots:
            if one.ill is Ill.LOST:
                step = BLOCK // SECTOR
                blocks = range(one.first // step, (one.first + one.count) // step)
                words = [*(f"addbadblock {block}" for block in blocks), "enable"]
                self._guest.run(" && ".join(f"dmsetup message {name} {one.first} {word}" for word in words))
        self._guest.run("sync; echo 3 > /proc/sys/vm/drop_caches")

    def gives(self, spot: Spot) -> bool:
        """Whether the first of some sectors can be read now."""
        read = f"dd if={self.device} of=/dev/null bs=512 skip={spot.first} count=1 iflag=direct"
        told = self._guest.run(f"{read} 2>&1", check=False)
        refused = "Input/output error" in told
        assert refused or "512 bytes" in told, told
        return not refused

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Have the drive answer nothing until the end of the block; what it was asked meanwhile is done then."""
        self._guest.run(f"dmsetup suspend --nolockfs --noflush {self._drive.name}")
        try:
            yield
        finally:
            self._guest.run(f"dmsetup resume {self._drive.name} --noudevsync")
