"""Keys at the case as the kernel sees them: gpio-keys, adc-keys, the power button of ACPI.

They are found by the udev tag that `71-nightjar-input.rules` gives, and grabbed, so that no console and no logind acts
on them as well. A key that was down when the kernel's queue ran over is asked for anew (SYN_DROPPED).
"""

import select
from collections.abc import Mapping

from hal.errors import Offline
from hal.kernel.input import EV_KEY, EV_SYN, PRESSED, RELEASED, SYN_DROPPED, InputNode
from hal.kernel.key_codes import KEY_CODES
from hal.kinds.key import Key
from hal.machine import Machine

TAG = "nightjar-keys"
NAMES: Mapping[str, str] = {
    "KEY_POWER": "power",
    "KEY_RESTART": "reset",
    "KEY_WPS_BUTTON": "wps",
    "KEY_UP": "up",
    "KEY_DOWN": "down",
    "KEY_LEFT": "left",
    "KEY_RIGHT": "right",
    "KEY_OK": "ok",
    "KEY_ENTER": "ok",
    "KEY_MENU": "menu",
    "KEY_ESC": "back",
    "KEY_EXIT": "back",
    "KEY_RECORD": "record",
    "KEY_PLAYPAUSE": "play",
    "KEY_FN": "fn",
    "KEY_SHUFFLE": "multi",
}
"""What the keys of a case mean; a board may say otherwise."""


class EvdevKeys(Key):
    """All nodes with the tag as one set of keys."""

    def __init__(self, name: str, machine: Machine, tag: str = TAG, keys: dict[str, str] | None = None) -> None:
        """`keys` gives names to codes, such as `KEY_F1 = "menu"`, besides those that all boards have."""
        super().__init__(name, machine.monotonic_s)
        self._machine = machine
        self._tag = tag
        self._named = {**NAMES, **(keys or {})}
        self._names: dict[int, str] = {}
        self._nodes: list[InputNode] = []
        self._ready: select.epoll | None = None

    def open(self) -> None:
        """Find the nodes and take them for us alone."""
        if unknown := sorted(set(self._named) - set(KEY_CODES)):
            raise Offline(f"the kernel has no key {unknown[0]}")
        self._names = {KEY_CODES[code]: key for code, key in self._named.items()}
        paths = self._machine.input_nodes(self._tag)
        if not paths:
            raise Offline(f"no input device has the tag {self._tag}")
        self._ready = select.epoll()
        for path in paths:
            node = self._machine.open_keys(path)
            self._nodes.append(node)
            self._ready.register(node.fileno(), select.EPOLLIN)
        self.come_online()
        self._ask_anew()

    def close(self) -> None:
        """Give the nodes back."""
        for node in self._nodes:
            node.close()
        self._nodes.clear()
        if self._ready is not None:
            self._ready.close()
            self._ready = None
        self.let_go()

    def fileno(self) -> int | None:
        """Give what becomes readable with any of the nodes."""
        return self._ready.fileno() if self._ready is not None else None

    def readable(self) -> None:
        """Take the events that wait."""
        for event in [event for node in self._nodes for event in node.events()]:
            if (event.type, event.code) == (EV_SYN, SYN_DROPPED):
                self._ask_anew()
            elif event.type == EV_KEY and (key := self._names.get(event.code)) is not None:
                if event.value == PRESSED:
                    self.went_down(key)
                elif event.value == RELEASED:
                    self.went_up(key)

    def _ask_anew(self) -> None:
        down = {self._names[code] for node in self._nodes for code in node.down() if code in self._names}
        for key in sorted(self.state.down - down):
            self.went_up(key)
        for key in sorted(down - self.state.down):
            self.went_down(key)


DRIVER = EvdevKeys
