"""Mouse, keyboards and remotes read from the kernel, on the target, where no window system stands between.

SDL turns half of a remote's keys into "unknown" (notes/appliance.md §1.2, §8), so the nodes that udev tags for us are
read here, grabbed, so that no console takes them as well. What is plugged in later is found within seconds.
"""

import contextlib
import logging
import os
import select
import threading
from collections.abc import Callable
from pathlib import Path

from gui.input.keyboard import Keyboard
from gui.input.keymap import Keymap
from gui.input.mouse import BUTTONS, Mouse, Range
from gui.input.remote import Remote
from gui.toolkit.event import Event
from gui.toolkit.screen import Screen
from hal.client.input import (
    EV_ABS,
    EV_KEY,
    EV_REL,
    EV_SYN,
    KEY_CODES,
    PRESSED,
    RELEASED,
    SYN_DROPPED,
    HalError,
    InputEvent,
    InputNode,
    input_nodes,
    open_keys,
)

TAG = "nightjar-screen"
LOOK_S = 2.0
"""How often is looked for what was plugged in."""
AGAIN_S = 1.0
"""So long after a fault all devices are opened anew."""
LETTER = KEY_CODES["KEY_Q"]
log = logging.getLogger(__name__)


class EvdevInput:
    """All input devices of one screen, read in a thread."""

    def __init__(
        self,
        screen: Screen,
        remote: Remote,
        keymap: Keymap,
        nodes: Callable[[str], list[Path]] = input_nodes,
        opened: Callable[[Path], InputNode] = open_keys,
    ) -> None:
        self._screen = screen
        self._remote = remote
        self._keymap = keymap
        self._find = nodes
        self._open = opened
        self._nodes: dict[Path, InputNode] = {}
        self._lettered: set[InputNode] = set()
        self._keyboards: dict[InputNode, Keyboard] = {}
        self._places: dict[InputNode, tuple[Range, Range]] = {}
        self._mouse = Mouse(lambda: screen.rect.size)
        self._wake_in, self._wake_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._over = False
        self._thread = threading.Thread(target=self._read, name="evdev", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Give all devices back."""
        self._over = True
        os.write(self._wake_out, b"w")
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _read(self) -> None:
        while not self._over:
            try:
                self._read_once()
            except Exception:  # whatever one device says, a screen without mouse and keys is of no use
                log.exception("input devices are opened anew")
                self._lose_all()
                select.select([self._wake_in], [], [], AGAIN_S)
        self._lose_all()

    def _read_once(self) -> None:
        self._look()
        poller = select.poll()
        poller.register(self._wake_in, select.POLLIN)
        by_descriptor = {node.fileno(): path for path, node in self._nodes.items()}
        for descriptor in by_descriptor:
            poller.register(descriptor, select.POLLIN)
        for descriptor, _event in poller.poll(LOOK_S * 1000):
            if (path := by_descriptor.get(descriptor)) is not None:
                self._take(path)

    def _lose_all(self) -> None:
        for path in list(self._nodes):
            self._lose(path)

    def _look(self) -> None:
        for path in self._find(TAG):
            if path in self._nodes:
                continue
            try:
                self._nodes[path] = node = self._open(path)
                codes = node.keys()
                places = node.place_range() if codes & BUTTONS.keys() else None
            except (HalError, OSError) as error:
                log.warning("%s", error)
            else:
                if LETTER in codes:
                    self._lettered.add(node)
                if places is not None:
                    self._places[node] = places

    def _lose(self, path: Path) -> None:
        node = self._nodes.pop(path)
        self._keyboards.pop(node, None)
        self._lettered.discard(node)
        self._places.pop(node, None)
        with contextlib.suppress(OSError):  # it may be gone
            node.close()

    def _take(self, path: Path) -> None:
        node = self._nodes[path]
        try:
            events = node.events()
        except (OSError, HalError) as error:
            log.info("%s: %s", path, error)
            self._lose(path)
            return
        for event in events:
            self._one(node, event)

    def _one(self, node: InputNode, event: InputEvent) -> None:
        if event.type == EV_REL or (event.type == EV_KEY and event.code in BUTTONS):
            self._mouse.take(event)
        elif event.type == EV_ABS and (places := self._places.get(node)) is not None:
            self._mouse.place(event, places)
        elif event.type == EV_SYN:
            if event.code == SYN_DROPPED:
                self._keyboards.pop(node, None)
            self._give(self._mouse.settle())
        elif event.type == EV_KEY and self._is_keyboard(node, event):
            self._give(self._keyboards.setdefault(node, Keyboard()).take(event))
        elif event.type == EV_KEY and (name := self._keymap.names.get(event.code)) is not None:
            if event.value == PRESSED:
                self._screen.post(lambda: self._remote.press(name))
            elif event.value == RELEASED:
                self._screen.post(lambda: self._remote.release(name))

    def _is_keyboard(self, node: InputNode, event: InputEvent) -> bool:
        """A device with letters is a keyboard; its media keys are keys of a remote nevertheless."""
        return node in self._lettered and Keyboard.knows(event.code)

    def _give(self, events: list[Event]) -> None:
        for event in events:
            self._screen.post(lambda event=event: self._screen.handle(event))
