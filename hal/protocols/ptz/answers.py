"""What domes answer: VISCA replies and Pelco-D positions, found in a stream that may begin anywhere and have noise."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_ANSWER = 16
"""VISCA packets have at most 16 bytes; Pelco answers 7."""

VISCA_COMPLAINTS = {
    0x01: "a message of the wrong length",
    0x02: "a command that it does not know",
    0x03: "too many commands at once",
    0x04: "the command was cancelled",
    0x05: "no such command is under way",
    0x41: "it cannot do that now",
}


class Asked(StrEnum):
    """What a Pelco-D answer tells."""

    PAN = "pan"
    TILT = "tilt"
    ZOOM = "zoom"


_PELCO = {0x59: Asked.PAN, 0x5B: Asked.TILT, 0x5D: Asked.ZOOM}


@dataclass(frozen=True)
class PelcoValue:
    """A position: hundredths of a degree, or the zoom."""

    address: int
    asked: Asked
    value: int


@dataclass(frozen=True)
class ViscaDone:
    """A command was accepted (`finished` False) or is done, in this socket."""

    address: int
    socket: int
    finished: bool


@dataclass(frozen=True)
class ViscaAnswer:
    """The answer to an inquiry."""

    address: int
    data: bytes


@dataclass(frozen=True)
class ViscaComplaint:
    """A command was not done."""

    address: int
    code: int

    @property
    def words(self) -> str:
        """Say why."""
        return VISCA_COMPLAINTS.get(self.code, f"it refused with code {self.code:02X}")


Answer = PelcoValue | ViscaDone | ViscaAnswer | ViscaComplaint


class Answers:
    """Takes bytes as they come; what is no answer is skipped."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def forget(self) -> None:
        """Drop what was begun."""
        self._kept.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Give the answers that these bytes complete."""
        self._kept += data
        found: list[Answer] = []
        while self._kept:
            answer, used = _first(bytes(self._kept))
            if not used:
                break
            del self._kept[:used]
            if answer is not None:
                found.append(answer)
        return found


def _first(data: bytes) -> tuple[Answer | None, int]:
    """Give an answer at the begin and its length; no answer and what to skip; or no answer and 0 to wait for more."""
    if data[0] == 0xFF:
        return _pelco(data)
    if 0x90 <= data[0] <= 0xF0 and data[0] & 0xF == 0:
        end = data.find(b"\xff", 1)
        if end < 0:
            return (None, 0) if len(data) < LONGEST_ANSWER else (None, 1)
        if end >= LONGEST_ANSWER or end < 2:
            return None, 1
        return _visca(data[: end + 1]), end + 1
    return None, 1


def _pelco(data: bytes) -> tuple[Answer | None, int]:
    if len(data) < 7:
        # What follows FF may be a VISCA reply whose begin was lost; its first byte says so.
        return (None, 1) if len(data) > 1 and data[1] >= 0x90 and data[1] & 0xF == 0 and 0xFF in data[1:] else (None, 0)
    if sum(data[1:6]) & 0xFF != data[6]:
        return None, 1
    if data[2] == 0 and (asked := _PELCO.get(data[3])):
        return PelcoValue(data[1], asked, data[4] << 8 | data[5]), 7
    return None, 7


def _visca(packet: bytes) -> Answer | None:
    address, kind, socket = (packet[0] >> 4) - 8, packet[1] >> 4, packet[1] & 0xF
    body = packet[2:-1]
    match kind:
        case 4 if not body:
            return ViscaDone(address, socket, finished=False)
        case 5 if not body:
            return ViscaDone(address, socket, finished=True)
        case 5:
            return ViscaAnswer(address, body)
        case 6 if len(body) == 1:
            return ViscaComplaint(address, body[0])
        case _:
            return None


def from_nibbles(data: bytes) -> int:
    """Give the signed 16 bits of four nibbles."""
    value = 0
    for byte in data:
        value = value << 4 | byte & 0xF
    return value - 0x10000 if value & 0x8000 else value
