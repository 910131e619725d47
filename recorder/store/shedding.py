"""What is given up when more waits for the disks than memory holds: the least important first (S9).

Second copies go before all else. Of the least important channel the main stream is thinned to key frames, then given up
GOP by GOP, then its other streams; then comes the next channel. Streams whose disks take nothing are asked before those
that are being recorded: what waits for a dead disk must not cost what a healthy one would take.
"""

from collections.abc import Callable, Iterable, Mapping

from recorder.store.batch import Shed
from recorder.store.layout import STREAM_CODES
from recorder.store.stream_recorder import StreamRecorder

USUAL_RANK = 5
"""How important a channel is of which nothing was said, between 1 and 9."""


def shed_least(
    streams: Iterable[StreamRecorder], ranks: Mapping[int, int], is_taken: Callable[[StreamRecorder], bool]
) -> tuple[StreamRecorder, Shed] | None:
    """Give up the least that matters; None where nothing can be given up.

    `ranks` are by channel; of equals the higher number goes first. `is_taken` says whether a disk takes a stream now.
    """
    waiting = [one for one in streams if one.waiting]
    waiting.sort(key=lambda one: importance(one, ranks))
    for some in ([one for one in waiting if not is_taken(one)], [one for one in waiting if is_taken(one)]):
        for stream in some:
            shed = stream.shed()
            if shed is not None:
                return stream, shed
    return None


def importance(stream: StreamRecorder, ranks: Mapping[int, int]) -> tuple[bool, int, int, int]:
    """Give the place of a stream: the smallest is given up first."""
    channel = stream.key.channel
    return stream.twin is None, ranks.get(channel, USUAL_RANK), -channel, STREAM_CODES[stream.key.stream]
