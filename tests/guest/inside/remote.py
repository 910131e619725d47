"""Send scancodes of remotes by the loopback receiver, and tell which keys the screen would hear of.

`python3 -m tests.guest.inside.remote KEYMAP SCANCODE...` (NEC: address, then command). The node is found by the tag
that udev gives to the screen's devices and read as the screen does it; the keymap is in the receiver already.
"""

import json
import select
import sys
import time
from pathlib import Path

from gui.input.keymap import Keymap
from hal.client.input import EV_KEY, PRESSED, RELEASED, input_nodes, open_keys
from hal.kernel.input import EventDevice
from tests.guest.inside.send_remote import send, sender

SILENCE_S = 3.0
"""A key of a remote is up a quarter of a second after its last telegram."""


def receiver() -> Path:
    """Find the node of the receiver among the screen's devices."""
    for node in input_nodes("nightjar-screen"):
        try:
            device = EventDevice(node, grab=False)
        except OSError:
            continue
        name = device.name
        device.close()
        if "loopback" in name.lower():
            return node
    raise AssertionError(f"no receiver among {input_nodes('nightjar-screen')}")


def main() -> None:
    keymap = Keymap.read(Path(sys.argv[1]))
    lirc = sender()
    node = open_keys(receiver())
    told: dict[str, list[str]] = {}
    for word in sys.argv[2:]:
        send(lirc, int(word, 16))
        heard = told[word] = []
        end = time.monotonic() + 60
        while time.monotonic() < end and select.select([node.fileno()], [], [], SILENCE_S)[0]:
            keys = [one for one in node.events() if one.type == EV_KEY and one.value in {PRESSED, RELEASED}]
            heard += [f"{keymap.names.get(one.code, one.code)} {'down' if one.value else 'up'}" for one in keys]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
