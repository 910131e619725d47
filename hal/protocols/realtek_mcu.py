"""Frames of the microcontrollers in front of Broadcom (generation 1) and Realtek (generation 2) PoE chips.

Twelve bytes: opcode, sequence, nine of payload padded with FF, and the sum of the first eleven. Sources: the Linux
driver realtek-pse-mcu, and realtek-poe of OpenWrt for budget and power management.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hal.errors import BadAnswer

SIZE = 12
COMPLAINTS = {0xFD: "a request that was not whole", 0xFE: "a wrong checksum", 0xFF: "not ready"}
"""Opcodes of answers that ask for the request once more."""
DISABLED, SEARCHING, DELIVERING, TEST, FAULT, OTHER_FAULT, REQUESTING = range(7)
"""Status of a port."""
BY_CLASS, BY_OWNER = 1, 2
"""Types of a port's limit."""
DYNAMIC = 2
"""Power management by what is measured."""
VOLTS_STEP = 0.06445
MOST_PORTS = 48


class AskAgain(BadAnswer):
    """The controller could not take the request now."""


def frame(opcode: int, sequence: int, *payload: int) -> bytes:
    """Write a request."""
    head = bytes([opcode, sequence, *payload]).ljust(SIZE - 1, b"\xff")
    return head + bytes([sum(head) & 0xFF])


def payload_of(answer: bytes, request: bytes) -> bytes:
    """Read an answer; raises `AskAgain` if it complains, `BadAnswer` if it does not belong to the request."""
    if len(answer) != SIZE:
        raise BadAnswer(f"{len(answer)} bytes instead of {SIZE}", answer)
    if answer[0] in COMPLAINTS:
        raise AskAgain(f"the controller complains of {COMPLAINTS[answer[0]]}", answer)
    if sum(answer[:-1]) & 0xFF != answer[-1]:
        raise BadAnswer("a wrong checksum", answer)
    if answer[:2] != request[:2]:
        raise BadAnswer(f"an answer to another request than {request[:2].hex(' ')}", answer)
    return answer[2:-1]


@dataclass(frozen=True)
class Chip:
    """What a controller drives."""

    name: str
    most_watts: float
    limit_step_watts: float
    wide_limit: bool = False


CHIPS = {
    0xE111: Chip("BCM59111", 30.0, 0.2),
    0xE121: Chip("BCM59121", 30.0, 0.2),
    0x0138: Chip("RTL8238B", 30.0, 0.2),
    0x0039: Chip("RTL8239", 90.0, 0.4, wide_limit=True),
    0x0139: Chip("RTL8239C", 90.0, 0.4, wide_limit=True),
}


@dataclass(frozen=True)
class Dialect:
    """Opcodes of one generation, and where it says the class in a status."""

    enable: int
    limit_type: int
    limit: int
    wide_limit: int
    priority: int
    management: int
    budget: int
    info: int
    status: int
    measure: int
    everything: int | None
    """Switches all ports together; generation 1 has no such thing."""
    power_class: Callable[[bytes], int]


DIALECTS = {
    1: Dialect(
        enable=0x00,
        limit_type=0x15,
        limit=0x16,
        wide_limit=0x16,
        priority=0x1A,
        management=0x17,
        budget=0x18,
        info=0x20,
        status=0x21,
        measure=0x30,
        everything=None,
        power_class=lambda status: status[3] & 0x0F,
    ),
    2: Dialect(
        enable=0x01,
        limit_type=0x12,
        limit=0x13,
        wide_limit=0x14,
        priority=0x15,
        management=0x10,
        budget=0x04,
        info=0x40,
        status=0x42,
        measure=0x44,
        everything=0x00,
        power_class=lambda status: status[2] >> 4,
    ),
}


@dataclass(frozen=True)
class Info:
    """What a controller says of itself."""

    ports: int
    chip: Chip
    version: int


def info_from(payload: bytes) -> Info:
    """Read a system info; raises `BadAnswer` for an unknown chip."""
    ports, chip = payload[1], CHIPS.get(int.from_bytes(payload[3:5], "big"))
    if chip is None or not 1 <= ports <= MOST_PORTS:
        raise BadAnswer("an unknown controller", payload)
    return Info(ports, chip, payload[5])


@dataclass(frozen=True)
class Measure:
    """What a port takes."""

    volts: float
    milliamps: float
    celsius: float


def measure_from(payload: bytes) -> Measure:
    """Read a measure."""
    volts, milliamps, heat = (int.from_bytes(payload[at : at + 2], "big") for at in (1, 3, 5))
    return Measure(volts * VOLTS_STEP, float(milliamps), 1.25 * (220 - heat))
