"""What the lights at the case say of the recorder, told to hal whenever it changes (D-LED-01, -02, -04)."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import psutil

from hal.client import HalClient, HalUnavailable
from hal.client.kinds import IndicatorState, Meaning
from recorder.client.status import DiskState, MediaStatus, PoolState

LOOK_S = 1.0
OURS = (Meaning.POWER, Meaning.STATUS, Meaning.RECORDING, Meaning.NETWORK)
"""What is told from here. An alarm is its event's; disks and their bays are `recorder.control.bays`'."""
BROKEN_DISKS = frozenset((DiskState.READ_ONLY, DiskState.FAILED, DiskState.MISSING))
BROKEN_POOLS = frozenset((PoolState.OUT, PoolState.EMPTY))
log = logging.getLogger(__name__)


def meanings(media: MediaStatus | None, *, network: bool) -> frozenset[Meaning]:
    """Say what is so. While media does not answer nothing is known to be recorded, and nothing is well."""
    found = {Meaning.POWER}
    if network:
        found.add(Meaning.NETWORK)
    if media is None:
        return frozenset(found)
    if any(stream.recording for stream in media.streams):
        found.add(Meaning.RECORDING)
    broken = any(disk.state in BROKEN_DISKS for disk in media.disks)
    if not broken and not any(pool.state in BROKEN_POOLS for pool in media.pools):
        found.add(Meaning.STATUS)
    return frozenset(found)


def has_network() -> bool:
    """Whether any interface but the loopback is up."""
    try:
        return any(one.isup for name, one in psutil.net_if_stats().items() if name != "lo")
    except OSError:
        return False


class Lights:
    """Looks once a second in a thread of its own, and tells hal which lights say something else."""

    def __init__(
        self, path: Path, media: Callable[[], MediaStatus | None], network: Callable[[], bool] = has_network
    ) -> None:
        self._path = path
        self._media = media
        self._network = network
        self._over = threading.Event()

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._run, name="lights", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with HalClient(self._path) as hal:
                    self._follow(hal)
            except HalUnavailable as error:
                log.debug("%s", error)
            self._over.wait(LOOK_S)

    def _follow(self, hal: HalClient) -> None:
        while not self._over.is_set():
            now = meanings(self._media(), network=self._network())
            for light in hal.devices():
                if isinstance(light, IndicatorState) and light.online:
                    self._tell(hal, light, now)
            self._over.wait(LOOK_S)

    @staticmethod
    def _tell(hal: HalClient, light: IndicatorState, now: frozenset[Meaning]) -> None:
        for meaning in OURS:
            if meaning in light.meanings and (meaning in light.told) is not (meaning in now):
                hal.call("indicator", light.name, "show", meaning=meaning, holds=meaning in now)
