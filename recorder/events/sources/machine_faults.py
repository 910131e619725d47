"""What is wrong with disks, network and the machine itself (D-ALM-17, D-ALM-17.1, D-ALM-17.2, V-ALM-04)."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Mapping

from recorder.client.answers import Trouble
from recorder.client.status import DiskState, DiskStatus, PoolState, PoolStatus
from recorder.client.words import _
from recorder.events.engine import Found
from recorder.events.linkages.message import on_screen
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.settings.page import setting

LOOK_S = 1.0
OF_DISKS = frozenset(("array", "bay", "disk"))
OF_NETWORK = frozenset(("network_interface",))
_DISKS: Mapping[DiskState, str] = {
    DiskState.FULL: _("Disk {name} is full, and nothing on it may be overwritten."),
    DiskState.SLOW: _("Disk {name} is too slow. Its streams go to another disk."),
    DiskState.READ_ONLY: _("Disk {name} can no longer be written: {reason}."),
    DiskState.FAILED: _("Disk {name} has failed: {reason}. Replace it."),
    DiskState.MISSING: _("Disk {name} is missing. Put it back, or replace it."),
}
_POOLS: Mapping[PoolState, str] = {
    PoolState.NEARLY_FULL: _("Pool {name} is nearly full, and its footage may not be overwritten yet."),
    PoolState.FULL: _("Pool {name} is full. Nothing more is recorded to it."),
    PoolState.OUT: _("Pool {name}: none of its disks can be written. Nothing is recorded to it."),
    PoolState.EMPTY: _("Pool {name} has no disks. Nothing is recorded to it."),
}


class DiskFault(Rule, order=242, title=_("Disk")):
    """A disk is missing, failed, slow or full, or an array is not whole."""

    message: bool = on_screen()

    low_space: bool = setting(True, title=_("Also when a pool is nearly full"))


class NetworkFault(Rule, order=244, title=_("Network")):
    """The recorder has lost its network, or another device has its address."""

    message: bool = on_screen()


class DeviceFault(Rule, order=246, title=_("Machine")):
    """Fans, temperatures, power supplies, the clock, PoE ports, or a terminal that does not answer."""

    message: bool = on_screen()


class _Looking(Source):
    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            found = self.found()
            if found is not None:
                self.engine.now(self.rule, found)
            await asyncio.sleep(LOOK_S)

    @abstractmethod
    def found(self) -> Mapping[tuple[str, str], Found] | None:
        """All that is so now; None while it is not known."""

    def troubled(self, kinds: frozenset[str], *, others: bool = False) -> Iterator[tuple[tuple[str, str], Found]]:
        """What is wrong with devices of these kinds, or of all others."""
        for one in self.around.troubles():
            if (one.kind in kinds) is not others:
                yield ("", _part(one)), Found(one.words, 0, {"kind": one.kind, "name": one.name, "fault": one.fault})


class DiskFaults(_Looking):
    """Disks and pools as media tells them, arrays as the hardware does."""

    rule = DiskFault

    def found(self) -> Mapping[tuple[str, str], Found] | None:
        """All that is so now."""
        media = self.around.media()
        if media is None:
            return None
        page = self.engine.rules.get(DiskFault, "")
        low = isinstance(page, DiskFault) and page.low_space
        disks = (_disk(one) for one in media.disks if one.state in _DISKS and not one.set_aside)
        pools = (_pool(one) for one in media.pools if one.state in _POOLS)
        kept = (one for one in pools if low or one[1].detail != {"pool_state": PoolState.NEARLY_FULL.value})
        return dict((*disks, *kept, *self.troubled(OF_DISKS)))


class NetworkFaults(_Looking):
    """Networks that are lost, and conflicts of addresses."""

    rule = NetworkFault

    def found(self) -> Mapping[tuple[str, str], Found]:
        """All that is so now."""
        return dict(self.troubled(OF_NETWORK))


class DeviceFaults(_Looking):
    """All else that the hardware layer finds wrong."""

    rule = DeviceFault

    def found(self) -> Mapping[tuple[str, str], Found]:
        """All that is so now."""
        return dict(self.troubled(OF_DISKS | OF_NETWORK, others=True))


def _part(one: Trouble) -> str:
    return " ".join(filter(None, (one.kind, one.name, one.part, one.fault)))


def _disk(one: DiskStatus) -> tuple[tuple[str, str], Found]:
    words = _DISKS[one.state].format(name=one.name, reason=one.reason.rstrip(".") or _("no reason is known"))
    return ("", f"disk {one.place or one.name} {one.state}"), Found(
        words, 0, {"disk": one.name, "state": one.state.value}
    )


def _pool(one: PoolStatus) -> tuple[tuple[str, str], Found]:
    words = _POOLS[one.state].format(name=one.name or one.number)
    return ("", f"pool {one.number} {one.state}"), Found(words, 0, {"pool_state": one.state.value})
