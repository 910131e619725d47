"""A protocol of domes as a table: what it can do, each as bytes with holes, and the frame around them.

A template is written in words. `3F` is a byte; `pan` is a hole; `20+zoom` and `81+2*n0` compute one; `pan_at.word` and
`.nibbles` are its 16 bits in two bytes or in four; `sum2_6` and `xor1_7` check the bytes from and to, counted from 1;
`body` stands in the frame for the action; `|` parts frames that go out one after another. Holes: `address`, the speeds
`pan`, `tilt` and `zoom`, `n` the number (`n0` counted from 0), `m` the second number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import xor

from hal.errors import BadRequest, Unsupported
from hal.kinds.ptz_bus import Action, Quirk

_WORD = re.compile(r"(?:([0-9A-F]{2})\+)?(?:(\d)\*)?([a-z_]+0?)(?:\.(word|nibbles))?")
_CHECK = re.compile(r"(sum|xor)(\d)_(\d)")
_BYTE = re.compile(r"[0-9A-F]{2}")


@dataclass(frozen=True)
class Protocol:
    """One table. Times in s; `top` are the highest speeds, `least_speed` the lowest; the others are highest numbers.

    With `joins` the bits of several moves go into one frame. A move is sent again every `refresh_s`, since domes stop
    by themselves after a while; a stop goes out `stops` times where nothing is acknowledged.
    """

    title: str
    frame: str
    actions: Mapping[Action, str]
    baud: int = 9600
    joins: bool = False
    address_from_zero: bool = False
    addresses: int = 255
    top: tuple[int, int, int] = (0x3F, 0x3F, 0)
    least_speed: int = 0
    presets: int = 255
    tours: int = 0
    patterns: int = 0
    scans: int = 0
    auxes: int = 0
    gap_s: float = 0.04
    slow_gap_s: float = 0.3
    refresh_s: float = 0.5
    stops: int = 2
    hello: str = ""

    def frames(self, address: int, action: Action, **holes: int) -> tuple[bytes, ...]:
        """Give the frames of one action; raises `Unsupported`, `BadRequest`."""
        self.check_address(address)
        if (template := self.actions.get(action)) is None:
            raise Unsupported(f"{self.title} has no {action.replace('_', ' ')}")
        known = {**holes, "n0": holes.get("n", 1) - 1}
        return tuple(self._framed(address, _filled(body.split(), known)) for body in template.split("|"))

    def joined(self, address: int, actions: Mapping[Action, int]) -> bytes:
        """Give one frame for moves at once, each with its speed (`joins`)."""
        self.check_address(address)
        bodies = [
            _filled(self.actions[action].split(), {"pan": speed, "tilt": speed}) for action, speed in actions.items()
        ]
        return self._framed(address, bytes(reduce(lambda one, other: one | other, column) for column in zip(*bodies)))  # noqa: B905

    def speed(self, axis: int, share: float) -> int:
        """Give a share of full speed as the protocol counts it; axes are 0 pan, 1 tilt, 2 zoom."""
        return self.least_speed + round(abs(share) * (self.top[axis] - self.least_speed))

    def check_address(self, address: int) -> None:
        """Raise `BadRequest` for an address that the protocol cannot say."""
        if not 1 <= address <= self.addresses:
            raise BadRequest(f"{self.title} has addresses from 1 to {self.addresses}, not {address}")

    def _framed(self, address: int, body: bytes) -> bytes:
        return _filled(self.frame.split(), {"address": address - self.address_from_zero}, body)


def table(text: str) -> dict[Action, str]:
    """Read a table: `action: template`, several on a line parted by `;`."""
    entries = [entry.split(":") for line in text.splitlines() for entry in line.split(";") if entry.strip()]
    return {Action(name.strip()): template.strip() for name, template in entries}


def with_quirks(protocol: Protocol, quirks: frozenset[Quirk]) -> Protocol:
    """Change a table as a dome wants it."""
    frame, actions, from_zero = protocol.frame, dict(protocol.actions), protocol.address_from_zero
    if Quirk.XOR_OF_ALL in quirks:
        frame = frame.replace("xor2_6", "xor1_7")
    if Quirk.XOR_OF_INNER in quirks:
        frame = frame.replace("xor1_7", "xor2_6")
    if Quirk.FOCUS_AS_IN_D in quirks:
        actions |= {Action.FOCUS_NEAR: "01 00 00 00", Action.FOCUS_FAR: "00 80 00 00"}
    if Quirk.AUTOFOCUS_FROM_ONE in quirks:
        actions |= {Action.FOCUS_AUTO: "00 2B 00 01", Action.FOCUS_MANUAL: "00 2B 00 02"}
    if Quirk.MENU_CALLED in quirks and protocol.joins:
        actions |= {Action.MENU_OPEN: "00 07 00 5F"}
    if Quirk.ADDRESS_FROM_ZERO in quirks:
        from_zero = True
    if Quirk.ADDRESS_FROM_ONE in quirks:
        from_zero = False
    return replace(protocol, frame=frame, actions=actions, address_from_zero=from_zero)


def written(template: str) -> tuple[bytes, ...]:
    """Give the frames of a template without holes."""
    return tuple(_filled(frame.split(), {}) for frame in template.split("|") if frame.strip())


def _filled(words: list[str], holes: Mapping[str, int], body: bytes = b"") -> bytes:
    filled = bytearray()
    for word in words:
        if word == "body":
            filled += body
        elif _BYTE.fullmatch(word):
            filled.append(int(word, 16))
        elif check := _CHECK.fullmatch(word):
            covered = filled[int(check[2]) - 1 : int(check[3])]
            filled.append(sum(covered) & 0xFF if check[1] == "sum" else reduce(xor, covered))
        else:
            filled += _hole(word, holes)
    return bytes(filled)


def _hole(word: str, holes: Mapping[str, int]) -> bytes:
    if (found := _WORD.fullmatch(word)) is None:
        raise ValueError(f"{word!r} is no word of a template")
    plus, times, name, part = found.groups()
    value = holes.get(name, 0)
    if part == "word":
        return (value & 0xFFFF).to_bytes(2)
    if part == "nibbles":
        return bytes(value >> shift & 0xF for shift in (12, 8, 4, 0))
    value = int(plus or "0", 16) + int(times or "1") * value
    if not 0 <= value <= 0xFF:
        raise BadRequest(f"{value} does not fit into a byte of this protocol")
    return bytes([value])
