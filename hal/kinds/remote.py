"""Infrared remotes whose receiver is no input device of the kernel: on a serial line, or simulated (D-IR).

A receiver that the kernel knows (rc-core) belongs to the screen, which reads it itself; both end in the same keys.
"""

from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceEvent, DeviceState
from hal.kinds.key import KeyAction


class RemoteKey(StrEnum):
    """The keys of a recorder's remote, by D-IR."""

    POWER = "power"
    ADDRESS = "address"
    FORWARD = "forward"
    SLOW = "slow"
    NEXT = "next"
    PREVIOUS = "previous"
    PLAY = "play"
    REVERSE = "reverse"
    BACK = "back"
    RECORD = "record"
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    OK = "ok"
    MENU = "menu"
    MULTI = "multi"
    FN = "fn"
    SHIFT = "shift"
    ZERO = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    SIX = "6"
    SEVEN = "7"
    EIGHT = "8"
    NINE = "9"


@dataclass(frozen=True)
class RemoteState(DeviceState):
    """One receiver."""

    kind: str = "remote"


@dataclass(frozen=True)
class RemoteEvent(DeviceEvent):
    """A key of the remote was pressed or released; the screen measures how long it was held."""

    key: RemoteKey = RemoteKey.OK
    action: KeyAction = KeyAction.PRESSED
    kind: str = "remote"


class Remote(Device[RemoteState]):
    """A receiver. Drivers `tell` a `RemoteEvent` at each press and release."""

    kind = "remote"
    state_type = RemoteState
