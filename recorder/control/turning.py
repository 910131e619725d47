"""Which domes turn, as far as this recorder asked them to: what they see meanwhile is no scene to be compared."""

from hal.client.kinds import Action
from recorder.client.clock import SECOND_US, Clock

REST_US = 15 * SECOND_US
"""The slowest dome has reached a preset by then, from wherever it was."""
RUNS = frozenset(
    {Action.TOUR_START, Action.PATTERN_RUN, Action.SCAN_START, Action.PAN_START, Action.ZONE_SCAN_ON},
)
"""What goes on until the dome is asked for something else."""
STAYS = frozenset(
    {
        Action.PRESET_SET,
        Action.PRESET_CLEAR,
        Action.TOUR_ADD,
        Action.TOUR_REMOVE,
        Action.TOUR_CLEAR,
        Action.SCAN_LEFT_LIMIT,
        Action.SCAN_RIGHT_LIMIT,
    }
)
"""What turns nothing."""


class Turning:
    """Belongs to the event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked_us: dict[int, int] = {}
        self._runs: set[int] = set()

    def asked(self, channel: int, action: str = "") -> None:
        """A dome was asked for something; `action` where that has a name."""
        if action in STAYS:
            return
        self._asked_us[channel] = self._clock.monotonic_us()
        self._runs.discard(channel)
        if action in RUNS:
            self._runs.add(channel)

    def turns(self, channel: int) -> bool:
        """Whether it may turn now."""
        asked_us = self._asked_us.get(channel)
        if channel in self._runs:
            return True
        return asked_us is not None and self._clock.monotonic_us() - asked_us < REST_US
