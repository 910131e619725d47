"""What the lights at the case say of the recorder, told to hal whenever it changes (D-LED-01, -02, -04, -05)."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from hal.client import HalUnavailable
from hal.client.follower import Follower
from hal.client.kinds import IndicatorState, Meaning
from recorder.client.answers import Trouble
from recorder.client.status import DiskState, MediaStatus, PoolState

LOOK_S = 1.0
OURS = (
    Meaning.POWER,
    Meaning.STATUS,
    Meaning.RECORDING,
    Meaning.ALARM,
    Meaning.NETWORK,
    Meaning.FAULT,
    Meaning.UPDATING,
)
"""What is told from here; disks and the lights of bays are `recorder.control.bays`'."""
CHASSIS = frozenset(("fan", "supply", "temperature"))
"""What is wrong with these is a fault of the machine."""
BROKEN_DISKS = frozenset((DiskState.READ_ONLY, DiskState.FAILED, DiskState.MISSING))
BROKEN_POOLS = frozenset((PoolState.OUT, PoolState.EMPTY))
INTERFACES = Path("/sys/class/net")
UP = frozenset(("up", "unknown"))
"""States of an interface that carries (operstates.rst of the kernel); a driver that cannot tell says unknown."""
log = logging.getLogger(__name__)


def meanings(
    media: MediaStatus | None, *, network: bool, alarm: bool = False, faulty: bool = False, updating: bool = False
) -> frozenset[Meaning]:
    """Say what is so. While media does not answer nothing is known to be recorded, and nothing is well."""
    found = {Meaning.POWER, Meaning.FAULT} if faulty else {Meaning.POWER}
    if alarm:
        found.add(Meaning.ALARM)
    if updating:
        found.add(Meaning.UPDATING)
    if network:
        found.add(Meaning.NETWORK)
    if media is None:
        return frozenset(found)
    if any(stream.recording for stream in media.streams):
        found.add(Meaning.RECORDING)
    broken = any(disk.state in BROKEN_DISKS and not disk.set_aside for disk in media.disks)
    if not broken and not any(pool.state in BROKEN_POOLS for pool in media.pools):
        found.add(Meaning.STATUS)
    return frozenset(found)


def has_network(interfaces: Path = INTERFACES) -> bool:
    """Whether any interface but the loopback is up."""
    try:
        places = [one / "operstate" for one in interfaces.iterdir() if one.name != "lo"]
        return any(one.read_text().strip() in UP for one in places if one.exists())
    except OSError:
        return False


class Lights:
    """Looks once a second, and tells hal which lights say something else."""

    def __init__(
        self,
        hal: Follower,
        media: Callable[[], MediaStatus | None],
        troubles: Callable[[], Iterable[Trouble]],
        network: Callable[[], bool] = has_network,
        updating: Callable[[], bool] = lambda: False,
        alarm: Callable[[], bool] = lambda: False,
    ) -> None:
        self._hal = hal
        self._media = media
        self._troubles = troubles
        self._network = network
        self._updating = updating
        self._alarm = alarm

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            faulty = any(one.kind in CHASSIS for one in self._troubles())
            now = meanings(
                self._media(),
                network=self._network(),
                alarm=self._alarm(),
                faulty=faulty,
                updating=self._updating(),
            )
            try:
                for light in self._hal.states(IndicatorState):
                    if light.online and self._hal.connected and light.bay is None:
                        await self._tell(light, now)
            except HalUnavailable as error:
                log.debug("hal: %s", error)
            await asyncio.sleep(LOOK_S)

    async def _tell(self, light: IndicatorState, now: frozenset[Meaning]) -> None:
        for meaning in OURS:
            if meaning in light.meanings and (meaning in light.told) is not (meaning in now):
                await self._hal.ask("indicator", light.name, "show", meaning=meaning, holds=meaning in now)
