"""Press keys of the case, of a keyboard and of a mouse; tell what hal said, and what the kernel lets others do.

`python3 -m tests.guest.inside.keys`: makes the devices, prints READY, waits for hal, and prints one line of JSON.
"""

import contextlib
import json
import os
import select
import time
from pathlib import Path
from typing import Any

from hal.client import HalClient, HalUnavailable
from hal.client.kinds import KeyEvent
from hal.errors import HalError
from hal.kernel.input import EV_KEY, EV_REL, EventDevice
from hal.kernel.key_codes import KEY_CODES
from hal.kernel.udev import input_nodes
from tests.guest.inside.uinput import Uinput

HAL = Path("/run/nightjar/hal.sock")
PATIENCE_S = 120.0
A, MENU, POWER, RESET = (KEY_CODES[name] for name in ("KEY_A", "KEY_MENU", "KEY_POWER", "KEY_RESTART"))
LETTERS = [code for name, code in KEY_CODES.items() if len(name) == len("KEY_A")]


def connect() -> HalClient:
    """Wait for hal and until it has the keys: one that starts slowly opens them after it answers."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(HalUnavailable):
            hal = HalClient(HAL, PATIENCE_S)
            while shut := [one.reason for one in hal.devices() if not one.online]:
                assert time.monotonic() < end, f"hal did not open the keys: {shut}"
                time.sleep(0.2)
            return hal
        assert time.monotonic() < end, "hal did not come"
        time.sleep(0.2)


def await_tags(tagged: dict[str, list[Path]]) -> None:
    """Wait until udev has looked at all of them."""
    end = time.monotonic() + PATIENCE_S
    while not all(set(nodes) <= set(input_nodes(tag)) for tag, nodes in tagged.items()):
        assert time.monotonic() < end, {tag: [str(one) for one in input_nodes(tag)] for tag in tagged}
        time.sleep(0.2)


class Listener:
    """What hal tells of keys, each with the time since the one before."""

    def __init__(self, hal: HalClient) -> None:
        self._hal = hal
        self.heard: list[tuple[str, str, bool, float]] = []
        self._at_s = time.monotonic()

    def until(self, key: str, action: str) -> None:
        """Listen until a key did something."""
        while True:
            told = self._hal.next()
            if isinstance(told, KeyEvent):
                now_s = time.monotonic()
                self.heard.append((told.key, told.action.value, told.long, now_s - self._at_s))
                self._at_s = now_s
                if (told.key, told.action) == (key, action):
                    return


def taken_by_another(node: Path) -> bool:
    """Whether the kernel says that somebody has a device for himself alone."""
    try:
        EventDevice(node, grab=True).close()
    except HalError as error:
        return "another program holds it" in str(error)
    return False


def reads(node: Path, act: Any) -> list[tuple[int, int, int]]:
    """Read a device as anybody may, while something is done with it."""
    ear = EventDevice(node, grab=False)
    try:
        act()
        heard: list[tuple[int, int, int]] = []
        while select.select([ear.fileno()], [], [], 2.0)[0]:
            heard += [(one.type, one.code, one.value) for one in ear.events() if one.type in {EV_KEY, EV_REL}]
        return heard
    finally:
        ear.close()


def main() -> None:
    case = Uinput("gpio-keys", [MENU, RESET])
    power = Uinput("Power Button", [POWER])
    keyboard = Uinput("USB Keyboard", LETTERS)
    mouse = Uinput("USB Mouse", [KEY_CODES["BTN_LEFT"]], [0, 1])
    await_tags({"nightjar-keys": [case.node, power.node], "nightjar-screen": [keyboard.node, mouse.node]})
    told: dict[str, Any] = {
        "keys": [str(one) for one in input_nodes("nightjar-keys")],
        "screen": [str(one) for one in input_nodes("nightjar-screen")],
        "case": [str(case.node), str(power.node)],
        "others": [str(keyboard.node), str(mouse.node)],
    }
    print("READY", flush=True)
    with connect() as hal:
        hal.watch()
        listener = Listener(hal)

        def both() -> None:
            keyboard.press(A)
            keyboard.release(A)

        told["keyboard"] = reads(keyboard.node, both)
        told["mouse"] = reads(mouse.node, lambda: mouse.send(EV_REL, 0, 5))
        case.press(MENU)
        listener.until("menu", "held")
        case.release(MENU)
        listener.until("menu", "released")
        power.press(POWER)
        power.release(POWER)
        listener.until("power", "released")
        power.press(POWER)
        case.press(RESET)
        listener.until("power", "held")
        case.release(RESET)
        power.release(POWER)
        listener.until("power", "released")
        told["heard"] = listener.heard
        told["grabbed"] = {
            str(one): taken_by_another(one) for one in (case.node, power.node, keyboard.node, mouse.node)
        }

        def quietly() -> None:
            case.press(MENU)
            case.release(MENU)
            listener.until("menu", "released")

        told["leaked"] = reads(case.node, quietly)
    print("TOLD " + json.dumps(told))
    for one in (case, power, keyboard, mouse):
        one.close()
    os.sync()


if __name__ == "__main__":
    main()
