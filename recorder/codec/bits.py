"""Bits of parameter sets: fixed-length and Exp-Golomb fields (ITU-T H.264 §7.2, §9.1), with an end nobody passes."""

from typing import Self

from recorder.codec.errors import BadBitstream

# Longer than any parameter set of a camera; a hostile one costs no more than this.
LONGEST_SET = 4096


class BitReader:
    """Reads bits from the front of some bytes."""

    def __init__(self, data: bytes | memoryview) -> None:
        if len(data) > LONGEST_SET:
            raise BadBitstream(problem="a parameter set is too long")
        self._data = bytes(data)
        self._at = 0
        self._end = 8 * len(self._data)

    @classmethod
    def of_unit(cls, payload: bytes | memoryview) -> Self:
        """Read what follows the header of a NAL unit, without its emulation prevention bytes.

        00 00 03 stands for 00 00 wherever a start code could be mistaken (H.264 §7.4.1).
        """
        return cls(bytes(payload[: LONGEST_SET + 1]).replace(b"\x00\x00\x03", b"\x00\x00"))

    def bits(self, count: int) -> int:
        """Read an unsigned number of so many bits, at most 64."""
        at, stop = self._at, self._at + count
        if stop > self._end:
            raise BadBitstream(problem="a parameter set is cut off")
        self._at = stop
        whole = int.from_bytes(self._data[at >> 3 : (stop + 7) >> 3])
        return whole >> (-stop & 7) & ((1 << count) - 1)

    def flag(self) -> bool:
        """Read one bit."""
        return self.bits(1) == 1

    def skip(self, count: int) -> None:
        """Pass over so many bits."""
        self._at += count
        if self._at > self._end:
            raise BadBitstream(problem="a parameter set is cut off")

    def unsigned(self, most: int = 0xFFFFFFFE) -> int:
        """Read ue(v); raises `BadBitstream` where it exceeds `most`."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > 31:
                raise BadBitstream(problem="a number in a parameter set is too large")
        found = (1 << zeros) - 1 + (self.bits(zeros) if zeros else 0)
        if found > most:
            raise BadBitstream(problem=f"a parameter set says {found} where at most {most} can be")
        return found

    def signed(self) -> int:
        """Read se(v)."""
        found = self.unsigned()
        return (found + 1) >> 1 if found & 1 else -(found >> 1)
