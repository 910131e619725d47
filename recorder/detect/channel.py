"""One channel that is looked at: its regions, its record of motion, and what is told of it."""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recorder.client.clock import SECOND_US
from recorder.client.detection import ChannelSeen, Region, Tampering, Watched
from recorder.client.errors import NightjarError
from recorder.client.grid import from_text
from recorder.client.motion import MotionRecord
from recorder.client.views import Heard
from recorder.detect.builder import RecordBuilder
from recorder.detect.motion import STANDARD_SENSITIVITY, MotionFinder
from recorder.detect.sound import SoundWatch
from recorder.detect.tampering import SceneSeen, TamperWatch

LINGER_US = 3 * SECOND_US // 2
"""Something that stands still for so long and walks on is one motion."""
SILENT_US = 10 * SECOND_US
"""Without a picture for so long, nothing is said to move any more."""
_RATE_US = 5 * SECOND_US


@dataclass(frozen=True)
class _Counted:
    number: int
    cells: int
    sensitivity: int
    least: int
    """Cells that must move."""

    @classmethod
    def of(cls, region: Region) -> "_Counted | None":
        try:
            cells = from_text(region.cells)
        except NightjarError:
            return None
        if not cells:
            return None
        least = max(1, -(-cells.bit_count() * min(max(region.threshold, 0), 100) // 100))
        return cls(region.number, cells, min(max(region.sensitivity, 1), 100), least)


class WatchedChannel:
    """Takes the pictures of one channel in their order. `monotonic_us` is when a picture was looked at."""

    def __init__(self, asked: Watched) -> None:
        self.asked = asked
        self._motion = MotionFinder()
        self._tampering = TamperWatch()
        self._builder = RecordBuilder(asked.channel)
        self._sound: SoundWatch | None = None
        self._regions: tuple[_Counted, ...] = ()
        self._sensitivities: tuple[int, ...] = ()
        self._moving_us: dict[int, int] = {}
        self._came: deque[int] = deque(maxlen=64)
        self._seen = ChannelSeen(asked.channel)
        self.change(asked)

    def change(self, asked: Watched) -> None:
        """Count in other regions from now on; a camera that turned is learnt anew as soon as it rests."""
        if self.asked.turning and not asked.turning:
            self._tampering = TamperWatch()
        self.asked = asked
        if not asked.listening:
            self._sound = None
        elif self._sound is None:
            self._sound = SoundWatch()
        self._regions = tuple(found for one in asked.regions if (found := _Counted.of(one)) is not None)
        self._sensitivities = (STANDARD_SENSITIVITY, *(one.sensitivity for one in self._regions))
        known = {one.number for one in self._regions}
        self._moving_us = {number: at for number, at in self._moving_us.items() if number in known}

    def take(self, picture: NDArray[np.uint8], at_us: int, monotonic_us: int) -> MotionRecord | None:
        """Look at a picture; gives a record of motion where one is whole."""
        self._came.append(monotonic_us)
        scene = SceneSeen() if self.asked.turning else self._tampering.look(picture, at_us)
        if scene is not None:
            changed_us = at_us if scene.changed else self._seen.changed_us
            self._seen = replace(self._seen, tampering=scene.tampering, changed_us=changed_us)
        seen = self._motion.look(picture, at_us, self._sensitivities)
        if seen.moved is None or self._seen.tampering is not Tampering.NONE:
            # A hand before the lens is no motion; whether something moves behind it nobody knows.
            return None
        for region in self._regions:
            if (seen.moved[region.sensitivity] & region.cells).bit_count() >= region.least:
                self._moving_us[region.number] = monotonic_us
        return self._builder.add(at_us, seen.moved[STANDARD_SENSITIVITY])

    def hear(self, heard: Heard, monotonic_us: int) -> None:
        """Take how loud half a second was."""
        if self._sound is not None:
            self._sound.hear(heard, monotonic_us)

    def record(self) -> MotionRecord | None:
        """Give the record that grows."""
        return self._builder.record()

    def finish(self) -> MotionRecord | None:
        """Give the record as far as it goes; the channel is looked at no more."""
        return self._builder.finish()

    def matters(self, monotonic_us: int) -> tuple[object, ...]:
        """What is told at once when it changes. Looked at with every picture, so it costs little."""
        silent = self._is_silent(monotonic_us)
        tampering = Tampering.NONE if silent else self._seen.tampering
        return self._moving(monotonic_us), tampering, self._seen.changed_us, silent

    def _is_silent(self, monotonic_us: int) -> bool:
        return not self._came or monotonic_us - self._came[-1] > SILENT_US

    def _moving(self, monotonic_us: int) -> tuple[int, ...]:
        if self._is_silent(monotonic_us):
            return ()
        return tuple(sorted(number for number, at in self._moving_us.items() if monotonic_us - at <= LINGER_US))

    def told(self, monotonic_us: int, *, keys_only: bool) -> ChannelSeen:
        """Say how it is now."""
        silent = self._is_silent(monotonic_us)
        came = sum(monotonic_us - at <= _RATE_US for at in self._came)
        self._seen = replace(
            self._seen,
            looking=not silent,
            per_s=round(came * SECOND_US / _RATE_US, 1),
            keys_only=keys_only,
            moving=self._moving(monotonic_us),
            tampering=Tampering.NONE if silent else self._seen.tampering,
            sound=self._sound.told(monotonic_us) if self._sound is not None else None,
        )
        return self._seen
