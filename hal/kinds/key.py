"""Keys at the case: the panel's, power and reset, and how long they are held (D-LED-09, D-HW-17, D-HW-18, V-HW-08)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceEvent, DeviceState

HOLDS_S: Mapping[str, float] = {"power": 3.0, "reset": 5.0}
"""How long a key is held until that means something of its own (D-IR-01, D-MNT-14)."""
HOLD_S = 1.5
"""The same for all others (D-IR-10)."""


class KeyAction(StrEnum):
    """What happened to a key."""

    PRESSED = "pressed"
    HELD = "held"
    """It is down for as long as holding it takes; told once."""
    RELEASED = "released"


@dataclass(frozen=True)
class KeyState(DeviceState):
    """A set of keys, and which are down now."""

    down: frozenset[str] = frozenset()
    kind: str = "key"


@dataclass(frozen=True)
class KeyEvent(DeviceEvent):
    """Something happened to one key. `long` at a release: it was held for as long as that takes."""

    key: str = ""
    action: KeyAction = KeyAction.PRESSED
    long: bool = False
    kind: str = "key"


class Key(Device[KeyState]):
    """Keys of one input device, by names such as `power`, `reset`, `menu`, `ok`, `up`."""

    kind = "key"
    state_type = KeyState

    def __init__(self, name: str, monotonic_s: Callable[[], float]) -> None:
        super().__init__(name)
        self._monotonic_s = monotonic_s
        self._due_s: dict[str, float] = {}

    def went_down(self, key: str) -> None:
        """Take a key that was pressed; for the drivers."""
        if key not in self.state.down:
            self._due_s[key] = self._monotonic_s() + HOLDS_S.get(key, HOLD_S)
            self._plan()
            self.change(down=self.state.down | {key})
            self.tell(KeyEvent(self.name, key=key, action=KeyAction.PRESSED))

    def went_up(self, key: str) -> None:
        """Take a key that was released; for the drivers."""
        if key in self.state.down:
            self.poll()
            long = key not in self._due_s
            self._due_s.pop(key, None)
            self._plan()
            self.change(down=self.state.down - {key})
            self.tell(KeyEvent(self.name, key=key, action=KeyAction.RELEASED, long=long))

    def let_go(self) -> None:
        """Count all keys as released, telling nobody that one was; for the drivers, in `close`."""
        self._due_s.clear()
        self._plan()
        self.change(down=frozenset[str]())

    def poll(self) -> None:
        """Tell of keys that are down for long enough now."""
        now_s = self._monotonic_s()
        for key in [key for key, due_s in self._due_s.items() if due_s <= now_s]:
            del self._due_s[key]
            self.tell(KeyEvent(self.name, key=key, action=KeyAction.HELD, long=True))
        self._plan()

    def _plan(self) -> None:
        self.wanted_s = min(self._due_s.values(), default=None)
