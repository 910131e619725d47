"""The parameter sets that count for a video track: from the session description, then from the stream itself."""

from collections.abc import Callable

from recorder.client.stream import Codec
from recorder.codec import h264, h265
from recorder.codec.bits import LONGEST_SET
from recorder.codec.errors import BadBitstream

MOST_BYTES = 64 << 10
_Key = tuple[int, int]


class ParameterSets:
    """Sets by type and id. Those of one access unit are offered one by one and then settled.

    A unit that brings another SPS replaces everything, if it brings a PPS too: what an encoder used before it changed
    the resolution is not carried along. `changed` stays until `take`.
    """

    def __init__(self, codec: Codec, sets: tuple[bytes, ...] = ()) -> None:
        self._key = _KEYS[codec]
        self._picture, self._sequence = (h264.PPS, h264.SPS) if codec is Codec.H264 else (h265.PPS, h265.SPS)
        self._current: dict[_Key, bytes] = {}
        self._known: dict[bytes, _Key] = {}
        """Those that count, the other way round: most cameras repeat them before each key frame."""
        self.offered: dict[_Key, bytes] = {}
        """Those of the access unit at hand."""
        self.changed = False
        self.malformed = 0
        for one in sets:
            self.offer(one)
        self.settle()

    def offer(self, unit: bytes | memoryview) -> None:
        """Take one whole NAL unit of the access unit at hand; a damaged one is counted and not used."""
        # Zero bytes behind the stop bit belong to no set (H.264 §7.4.1, trailing_zero_8bits).
        data = bytes(unit[: LONGEST_SET + 1]).rstrip(b"\x00")
        if len(data) > LONGEST_SET:
            self.malformed += 1
            return
        try:
            self.offered[self._known.get(data) or self._key(data)] = data
        except BadBitstream:
            self.malformed += 1

    def settle(self) -> None:
        """Let the sets offered count from now on."""
        seen, current = self.offered, self._current
        if not seen:
            return
        if not seen.items() <= current.items():
            kinds = {kind for kind, _ in seen}
            fresh = any(
                kind == self._sequence and current.get((kind, number)) != data for (kind, number), data in seen.items()
            )
            if not (fresh and {self._sequence, self._picture} <= kinds):
                seen = current | seen
            if sum(map(len, seen.values())) <= MOST_BYTES:
                self._current = seen
                self._known = {data: key for key, data in seen.items()}
                self.changed = True
            else:
                self.malformed += 1
        self.offered = {}

    def take(self) -> tuple[bytes, ...]:
        """Give the sets that count, in the order of their types, and take `changed` back."""
        self.changed = False
        return tuple(data for _, data in sorted(self._current.items()))


def _h264_key(unit: bytes) -> _Key:
    kind = h264.kind(unit) if unit else 0
    return kind, h264.parse_sps(unit).id if kind == h264.SPS else h264.parse_pps_ids(unit)[0]


def _h265_key(unit: bytes) -> _Key:
    kind = h265.kind(unit) if unit else 0
    match kind:
        case h265.VPS:
            return kind, h265.parse_vps_id(unit)
        case h265.SPS:
            return kind, h265.parse_sps(unit).id
        case _:
            return kind, h265.parse_pps_ids(unit)[0]


_KEYS: dict[Codec, Callable[[bytes], _Key]] = {Codec.H264: _h264_key, Codec.H265: _h265_key}
