"""How long to wait before a camera is tried again, and how many at once: soon after a reboot, never as a storm."""

import asyncio
import random

FIRST_S = 0.5
LONGEST_S = 20.0
# Playing for so long proves that the camera is well again.
PROVEN_AFTER_S = 10.0
# Connections begin at most this often over all cameras: 64 that return at once are back within 2 s, without a burst.
SPACING_S = 0.02


class Backoff:
    """The pauses between the tries of one stream: doubling, with jitter so that streams do not march in step."""

    def __init__(self) -> None:
        self.failures = 0

    def pause_s(self) -> float:
        """Count a failure and give the pause before the next try, in seconds."""
        longest = min(LONGEST_S, FIRST_S * 2**self.failures)
        self.failures = min(self.failures + 1, 16)
        return longest * random.uniform(0.6, 1.0)

    def reset(self) -> None:
        """Begin with the shortest pause again."""
        self.failures = 0


class Pacer:
    """Lets one connection begin every `SPACING_S` over all cameras."""

    def __init__(self, spacing_s: float = SPACING_S) -> None:
        self._spacing_s = spacing_s
        self._next_s = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next_s)
        self._next_s = at + self._spacing_s
        if at > now:
            await asyncio.sleep(at - now)
