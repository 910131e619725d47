"""Key frames alone, while nothing happens (V-REC-07).

They are held back for as long as an event may still want all that is around them: the pre-record time, and a little
for the word of the event to arrive. So what is recorded in full begins exactly where the key frames end: nothing
twice, and nothing missing but what was left out on purpose.
"""

from collections import deque

from recorder.client.clock import SECOND_US
from recorder.client.stream import Epoch, Sample
from recorder.store import StreamRecorder

LATE_US = 2 * SECOND_US
"""So late the word of an event may come; of what is older the key frames are on their way to the disk."""
MOST_HELD = 4096
"""Key frames; a camera that sends nothing else fills 300 s of pre-record with fewer."""


class Sparse:
    """The key frames of one stream. `delay_us` is how long each is held back, by the time of the stream."""

    def __init__(self, recorder: StreamRecorder) -> None:
        self.delay_us = LATE_US
        self.newest_us = 0
        """Wall time of the newest key frame that was given to the disk."""
        self._recorder = recorder
        self._held: deque[tuple[Sample, Epoch]] = deque()

    def take(self, sample: Sample, epoch: Epoch) -> None:
        """Take a key frame, and give the disk what need not be held back any more."""
        held = self._held
        held.append((sample, epoch))
        # Until the next one is old enough, its GOP is still wanted whole.
        while len(held) > 1 and (held[1][0].wall_us <= sample.wall_us - self.delay_us or len(held) > MOST_HELD):
            self.give(held[0][0].wall_us + 1)

    def give(self, before_us: int) -> None:
        """Give the disk what was taken before a time."""
        held = self._held
        while held and held[0][0].wall_us < before_us:
            sample, epoch = held.popleft()
            self._recorder.keys_only(True)
            self._recorder.put(sample, epoch)
            self.newest_us = max(self.newest_us, sample.wall_us)

    def hand_over(self, from_us: int) -> None:
        """All is recorded from a time on: give what comes before, and forget what is in that."""
        self.give(from_us)
        self._held.clear()
        self._recorder.keys_only(False)

    def finish(self) -> None:
        """Give everything: the stream breaks off, or key frames are no longer wanted."""
        self.give(1 << 62)
