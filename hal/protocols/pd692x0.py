"""Frames of Microchip's PD692x0 controllers: 15 bytes on I2C (BT Serial Communication Protocol; Linux pd692x0)."""

from hal.errors import BadAnswer
from hal.kinds.poe_supply import PoeFault, PortState

SIZE = 15
PAD = 0x4E
COMMAND, REQUEST, TELEMETRY, REPORT = 0x00, 0x02, 0x03, 0x52
VERSIONS = (0x07, 0x1E, 0x21)
PORT_STATUS = (0x05, 0xC1)
PORT_CLASS = (0x05, 0xC4)
PORT_MEASURE = (0x05, 0xC5)
PORT_SET = (0x05, 0xC0)
UNCHANGED = 0xFF
PRODUCTS = {24: "PD69200", 26: "PD69210", 29: "PD69220"}

FAULTS = {
    0x06: PoeFault.SUPPLY,
    0x07: PoeFault.SUPPLY,
    0x12: PoeFault.CHIP,
    0x1C: PoeFault.UNKNOWN,
    0x1F: PoeFault.OVERLOAD,
    0x20: PoeFault.BUDGET,
    0x21: PoeFault.CHIP,
    0x24: PoeFault.UNKNOWN,
    0x25: PoeFault.UNKNOWN,
    0x34: PoeFault.SHORT,
    0x35: PoeFault.OVER_TEMPERATURE,
    0x36: PoeFault.OVER_TEMPERATURE,
    0x37: PoeFault.UNKNOWN,
    0x3C: PoeFault.BUDGET,
    0x3D: PoeFault.BUDGET,
    0x41: PoeFault.BUDGET,
    0x43: PoeFault.UNKNOWN,
    0xA7: PoeFault.UNKNOWN,
}
SEARCHES = {0x1B, 0x1E, 0x22, 0xA8}
"""Detection under way, too little taken, settings just changed, nothing connected."""


def frame(key: int, echo: int, sub: tuple[int, ...], *data: int) -> bytes:
    """Write a message."""
    head = bytes([key, echo, *sub]).ljust(5, bytes([PAD])) + bytes(data).ljust(8, bytes([PAD]))
    return head + sum(head).to_bytes(2, "big")


def answer_of(answer: bytes, request: bytes) -> tuple[bytes, bytes]:
    """Split an answer into its three and eight bytes; raises `BadAnswer` if it is none to this request."""
    if len(answer) != SIZE:
        raise BadAnswer(f"{len(answer)} bytes instead of {SIZE}", answer)
    if sum(answer[:-2]) != int.from_bytes(answer[-2:], "big"):
        raise BadAnswer("a wrong checksum", answer)
    if answer[1] != request[1]:
        raise BadAnswer(f"an answer to another message than {request[1]:02x}", answer)
    sub, data = answer[2:5], answer[5:13]
    if answer[0] == REPORT and (sub[0] or sub[1]):
        raise BadAnswer(f"the controller refused {request[2:4].hex(' ')}", answer)
    if answer[0] not in {REPORT, TELEMETRY}:
        raise BadAnswer("an unknown kind of answer", answer)
    return sub, data


def state_of(status: int) -> tuple[PortState, PoeFault | None]:
    """Say what a port's status means (par. 7.1)."""
    if status & 0xF0 in {0x80, 0x90}:
        return PortState.DELIVERING, None
    if status in SEARCHES:
        return PortState.SEARCHING, None
    fault = FAULTS.get(status)
    return (PortState.FAULT, fault) if fault else (PortState.UNKNOWN, None)
