"""The local screen on a real kernel: its picture on a graphics card, mouse and keyboard from USB, without root."""

import base64
import io
import json
import time

import pygame
import pytest

from tests.guest.code_volume import INSIDE_AT
from tests.guest.shell import COMMAND_S

DATA = "/tmp/screen"
MOST = 32767
"""QEMU's places go from 0 to this on either axis."""


class Monitor:
    """What hangs on the card, seen from outside, and hands at the desk before it."""

    def __init__(self, guest, place):
        self._guest = guest
        self._file = place / "monitor.png"

    def picture(self):
        self._guest.qmp.command("screendump", filename=str(self._file), format="png")
        return pygame.image.load(str(self._file))

    def shows(self, wanted):
        """Look until the picture is as wanted, and give it."""
        until = time.monotonic() + COMMAND_S
        while not wanted(found := self.picture()):
            assert time.monotonic() < until, self._guest.explain()
        return found

    def move(self, x, y, size):
        places = zip("xy", (x, y), size, strict=True)
        self._give([("abs", {"axis": axis, "value": round(at / (most - 1) * MOST)}) for axis, at, most in places])

    def press(self, key):
        for down in (True, False):
            self._give([("key", {"down": down, "key": {"type": "qcode", "data": key}})])

    def _give(self, events):
        told = [{"type": kind, "data": data} for kind, data in events]
        self._guest.qmp.raw("input-send-event", {"events": told})


class Asked:
    """The screen's own word for what it shows."""

    def __init__(self, guest, socket):
        self._line = guest.shell.talk("python3", f"{INSIDE_AT}/ask_screen.py", socket)
        self._count = 0

    def __call__(self, op, **message):
        self._line.say(json.dumps({"op": op, **message}))
        self._count += 1
        self._line.until(lambda: self._line.output.count("\n") >= self._count, COMMAND_S, op)
        return json.loads(self._line.output.split("\n")[self._count - 1])

    def picture(self):
        return pygame.image.load(io.BytesIO(base64.b64decode(self("screenshot")["png"])), "screen.png")


def pixels(picture):
    return pygame.image.tobytes(picture, "RGB")


@pytest.fixture
def monitor(appliance, guest, tmp_path):
    guest.run("modprobe -a bochs evdev xhci_pci usbhid hid-generic")
    for driver in ("usb-tablet", "usb-kbd"):
        guest.qmp.raw("device_add", {"driver": driver, "id": driver, "bus": "usb.0"})
    guest.run(f"mkdir -p {DATA}/run {DATA}/state && chown -R nightjar-gui:nightjar {DATA}")
    guest.run("until [ -e /dev/dri/card0 ] && [ $(ls /dev/input/event* | wc -l) -ge 2 ]; do sleep 0.1; done")
    appliance.settle()
    yield Monitor(guest, tmp_path)
    appliance.clear()
    for driver in ("usb-tablet", "usb-kbd"):
        guest.qmp.raw("device_del", {"id": driver})
    guest.run(f"rm -r {DATA}; modprobe -r bochs", check=False)


@pytest.mark.covers("D-DISP-09", "D-INP-05")
def test_the_monitor_shows_the_screen_to_the_pixel_and_mouse_and_keyboard_reach_it(appliance, guest, monitor):
    words = ("--data", DATA, "--monitor", "--evdev", "/nightjar/board/qemu-x86-64")
    appliance.as_user("nightjar-gui", "gui", *words).wait_for("ready")
    screen = Asked(guest, f"{DATA}/run/gui.sock")
    first = screen.picture()
    size = first.get_size()
    assert size == (1280, 800), "the monitor's own size"
    # The clock on the sheet goes on: what is shown is looked for until both were taken within one minute.
    monitor.shows(lambda found: found.get_size() == size and pixels(found) == pixels(screen.picture()))
    print(screen("tree"))
