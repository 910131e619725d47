"""A drive of the guest: a file of the host, plugged in and pulled while it runs, slowed down, its writes logged."""

import contextlib
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.guest.guest import Guest

_numbers = itertools.count(1)
PLUG_S = 90.0


class Disk:
    """One drive. The guest sees a drive with a write cache and sectors of 512 bytes in pages of 4096.

    `log` writes every write and flush to a file, in the format of dm-log-writes (see `write_log`). The file is the
    platter: what is in it survives `pull` and the guest, and may be looked at while the drive is out.
    """

    def __init__(
        self, guest: "Guest", name: str, size_bytes: int, *, path: Path | None = None, log: Path | None = None
    ) -> None:
        self._guest, self.name, self.size_bytes = guest, name, size_bytes
        self.path = path or guest.place / f"{name}.disk"
        self.log = log
        if not self.path.exists():
            self.path.touch()
            os.truncate(self.path, size_bytes)
        self._nodes: list[str] = []
        self._id = ""
        self.device = ""
        """In the guest, while it is plugged in: /dev/sdX."""

    def plug(self) -> str:
        """Put it in; gives the device in the guest."""
        number = next(_numbers)
        self._id = f"disk{number}"
        qmp = self._guest.qmp
        # The host loses no power, so its own syncs would only cost time; the log still sees the guest's.
        cache = {"direct": False, "no-flush": True}
        self._add({"driver": "file", "node-name": f"f{number}", "filename": str(self.path), "cache": cache})
        qmp.raw("object-add", {"qom-type": "throttle-group", "id": f"g{number}"})
        self._add(
            {"driver": "throttle", "node-name": f"t{number}", "throttle-group": f"g{number}", "file": f"f{number}"}
        )
        if self.log is not None:
            self.log.unlink(missing_ok=True)
            self.log.touch()
            kept = {"driver": "file", "filename": str(self.log), "cache": cache}
            logged = {"driver": "blklogwrites", "node-name": f"l{number}", "file": f"t{number}", "log": kept}
            # The log's head is written every so many writes, and at the end; a killed QEMU leaves all but the last.
            self._add(logged | {"log-sector-size": 512, "log-super-update-interval": 1})
        qmp.raw(
            "device_add",
            {
                "driver": "scsi-hd",
                "id": self._id,
                "bus": "bays.0",
                "drive": self._nodes[-1],
                "serial": f"NJ-{self.name}",
                "write-cache": "on",
                "logical_block_size": 512,
                "physical_block_size": 4096,
                "rotation_rate": 7200,
            },
        )
        self.device = self._find()
        return self.device

    def _add(self, node: dict[str, Any]) -> None:
        self._guest.qmp.raw("blockdev-add", node)
        self._nodes.append(node["node-name"])

    def _find(self) -> str:
        # The page of the serial number; removed drives may leave their folder for a moment.
        look = f"grep -ls 'NJ-{self.name}$' /sys/block/sd*/device/vpd_pg80"
        found = self._guest.shell.poll(look, until=lambda told: "/sys/block" in told, timeout_s=PLUG_S)
        return f"/dev/{found.split('/')[3]}"

    @property
    def plugged(self) -> bool:
        """Whether it is in."""
        return bool(self._id)

    def pull(self) -> None:
        """Take it out, as a hand does: whatever is under way fails."""
        qmp = self._guest.qmp
        qmp.command("device_del", id=self._id)
        qmp.event("DEVICE_DELETED", PLUG_S, device=self._id)
        for node in reversed(self._nodes):
            qmp.raw("blockdev-del", {"node-name": node})
        qmp.raw("object-del", {"id": f"g{self._id.removeprefix('disk')}"})
        self._nodes.clear()
        self._id = self.device = ""

    def throttle(self, *, operations: int = 0, bytes_per_s: int = 0) -> None:
        """Let it do so much a second from now on; 0 is as much as it can."""
        limits = {"iops-total": operations, "bps-total": bytes_per_s}
        path = f"/objects/g{self._id.removeprefix('disk')}"
        self._guest.qmp.raw("qom-set", {"path": path, "property": "limits", "value": limits})

    def discard(self) -> None:
        """Throw it away."""
        if self.plugged:
            self.pull()
        for one in (self.path, self.log):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.unlink()
