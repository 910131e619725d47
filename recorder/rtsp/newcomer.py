"""Another source on the channel of a track: when it takes over, and when it is somebody else's (RFC 3550 §8.2, A.1).

An encoder that begins anew has another number and the old one falls silent. Cameras with old servers send packets of a
session that ended (of somebody who hung up without a word) into the connection that came after it, among those of ours:
taken in turn, both would be ruined.
"""

from recorder.client.clock import SECOND_US
from recorder.rtsp.reorder import Held

SILENT_US = SECOND_US
"""So long the source that we have must be silent before one that it followed, or one not announced, takes its place."""


class Newcomer:
    """The source that knocks: it takes over with two packets in a row that none of ours comes between.

    One that ours once took over from, or that knocks where ours is the one that SETUP announced, must go on so for
    `SILENT_US`. The announced one itself takes over at once.
    """

    def __init__(self) -> None:
        self.announced: int | None = None
        """What SETUP said, if anything: cameras are known to say what they do not send."""
        self._left = -1
        self._ssrc = self._following = -1
        self._packets = self._since_us = 0
        self._first: Held | None = None

    def judge(self, packet: Held, ours: int, packets: int, now_us: int) -> tuple[Held, ...] | None:
        """Take a packet of another source than ours, of which so many packets came.

        Gives what came before it and is to be taken with it, where its source is ours from now on; else None.
        """
        sequence, ssrc = packet[2], packet[4]
        if ssrc == self.announced:
            return self._take_over(ours, ())
        goes_on = ssrc == self._ssrc and sequence == self._following and packets == self._packets
        self._following = (sequence + 1) & 0xFFFF
        if not goes_on:
            self._ssrc, self._packets, self._since_us = ssrc, packets, now_us
            self._first = *packet[:5], memoryview(bytes(packet[5]))
            return None
        waits = ours == self.announced or ssrc == self._left
        if waits and now_us - self._since_us < SILENT_US:
            self._first = None
            return None
        return self._take_over(ours, (self._first,) if self._first else ())

    def _take_over(self, ours: int, before: tuple[Held, ...]) -> tuple[Held, ...]:
        self._left, self._ssrc, self._first = ours, -1, None
        return before
