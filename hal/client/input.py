"""What the screen, which owns mouse, keyboard and infrared, needs of the kernel's input interface."""

from hal.errors import HalError
from hal.kernel.input import (
    EV_ABS,
    EV_KEY,
    EV_REL,
    EV_SYN,
    PRESSED,
    RELEASED,
    REPEATED,
    SYN_DROPPED,
    InputEvent,
    InputNode,
    open_keys,
    parse,
)
from hal.kernel.key_codes import KEY_CODES
from hal.kernel.udev import input_nodes

__all__ = [
    "EV_ABS",
    "EV_KEY",
    "EV_REL",
    "EV_SYN",
    "KEY_CODES",
    "PRESSED",
    "RELEASED",
    "REPEATED",
    "SYN_DROPPED",
    "HalError",
    "InputEvent",
    "InputNode",
    "input_nodes",
    "open_keys",
    "parse",
]
