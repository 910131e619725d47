"""A window by SDL, for laptops: the screen is composed in the window's own memory, and only what changed is shown.

`SDL_FRAMEBUFFER_ACCELERATION=0` keeps SDL from uploading the whole window as a texture at each update, which costs
12 ms a frame without a GPU instead of 0.02 ms (notes/media.md §4).
"""

import os
import threading
import time
from collections.abc import Sequence

import pygame
from pygame import Rect, Surface

from gui.presenter.sdl_keys import NAMED
from gui.toolkit.event import Button, Event, Key, KeyUp, Move, Press, Quit, Release, Resized, Wheel
from recorder.client.errors import NightjarError
from recorder.client.words import _

RATE_HZ = 30.0
REPEAT_AFTER_MS = 400
REPEAT_EVERY_MS = 60
BUSY_LOOK_S = 0.012
CALM_LOOK_S = 0.033
BUSY_S = 3.0
"""How long after an input the next one is looked for more often."""
BUTTONS = {1: Button.LEFT, 2: Button.MIDDLE, 3: Button.RIGHT}
SMALLEST = (640, 360)


class NoDisplay(NightjarError):
    """There is nothing to open a window on."""

    status = 503
    words = _("There is no display here ({reason}). Start with --headless.")


class SdlPresenter:
    """A resizable window; F11 fills the monitor."""

    def __init__(self, size: tuple[int, int] = (1280, 720), *, full: bool = False) -> None:
        """Raises `NoDisplay`."""
        os.environ["SDL_FRAMEBUFFER_ACCELERATION"] = "0"
        os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "nightjar")
        try:
            pygame.display.init()
            self._windowed = size
            self._full = full
            self._open(size)
        except pygame.error as error:
            raise NoDisplay(reason=str(error)) from error
        pygame.display.set_caption("Nightjar")
        pygame.key.set_repeat(REPEAT_AFTER_MS, REPEAT_EVERY_MS)
        pygame.key.start_text_input()
        self._woken = threading.Event()
        self._busy_until = 0.0
        self._held: set[int] = set()
        self._pointer = True
        self.presented = 0

    @property
    def rate_hz(self) -> float:
        """How often moving pictures are looked for."""
        return RATE_HZ

    def watched(self) -> None:
        """Who looks from afar sees what the window shows."""

    def _open(self, size: tuple[int, int]) -> None:
        if self._full:
            self._canvas = pygame.display.set_mode((0, 0), pygame.FULLSCREEN, 32)
        else:
            self._canvas = pygame.display.set_mode(size, pygame.RESIZABLE, 32)

    @property
    def canvas(self) -> Surface:
        """The memory of the window."""
        return self._canvas

    def present(self, rects: Sequence[Rect]) -> None:
        """Show these parts."""
        self.presented += 1
        pygame.display.update(list(rects))

    def wait(self, timeout_s: float | None) -> list[Event]:
        """Sleep until something happens; moves of the pointer that nobody saw in between are left out.

        pygame's own wait looks a thousand times a second, which costs 3 % of a core; this looks 80 times while somebody
        is at it and 30 times otherwise, which nobody feels and which costs a tenth.
        """
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            if events := self._arrived():
                self._busy_until = time.monotonic() + BUSY_S
                return events
            now = time.monotonic()
            left = 3600.0 if until is None else until - now
            if left <= 0:
                return []
            if self._woken.wait(min(left, BUSY_LOOK_S if now < self._busy_until else CALM_LOOK_S)):
                self._woken.clear()
                return self._arrived()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def _arrived(self) -> list[Event]:
        events: list[Event] = []
        for one in pygame.event.get():
            found = self._translated(one)
            if isinstance(found, Move) and events and isinstance(events[-1], Move):
                events[-1] = found
            elif found is not None:
                events.append(found)
        return events

    def point(self, at: tuple[int, int] | None) -> None:
        """Show or hide the pointer; the window system knows its place."""
        if (at is not None) != self._pointer:
            self._pointer = not self._pointer
            pygame.mouse.set_visible(self._pointer)

    def close(self) -> None:
        """Close the window."""
        pygame.display.quit()

    def _translated(self, one: pygame.event.Event) -> Event | None:
        match one.type:
            case pygame.QUIT:
                return Quit()
            case pygame.MOUSEMOTION:
                return Move(*one.pos)
            case pygame.MOUSEBUTTONDOWN if one.button in BUTTONS:
                return Press(one.pos[0], one.pos[1], BUTTONS[one.button])
            case pygame.MOUSEBUTTONUP if one.button in BUTTONS:
                return Release(one.pos[0], one.pos[1], BUTTONS[one.button])
            case pygame.MOUSEWHEEL if one.y:
                return Wheel(*pygame.mouse.get_pos(), one.y)
            case pygame.KEYDOWN:
                return self._key(one)
            case pygame.KEYUP:
                self._held.discard(one.key)
                name = NAMED.get(one.key)
                return KeyUp(name) if name is not None else None
            case pygame.TEXTINPUT if one.text:
                # A character is a key of its own name; what an input method commits at once is text only.
                name = "space" if one.text == " " else one.text if len(one.text) == 1 else "text"
                return Key(name, one.text)
            case pygame.VIDEORESIZE if not self._full:
                self._windowed = (max(one.w, SMALLEST[0]), max(one.h, SMALLEST[1]))
                self._canvas = pygame.display.get_surface() or self._canvas
                return Resized(*self._canvas.get_size())
            case pygame.WINDOWEXPOSED:
                pygame.display.update()
                return None
            case _:
                return None

    def _key(self, one: pygame.event.Event) -> Event | None:
        repeat = one.key in self._held
        self._held.add(one.key)
        ctrl = bool(one.mod & pygame.KMOD_CTRL)
        shift = bool(one.mod & pygame.KMOD_SHIFT)
        if one.key == pygame.K_F11:
            if not repeat:
                self._full = not self._full
                self._open(self._windowed)
            return Resized(*self._canvas.get_size())
        if (name := NAMED.get(one.key)) is not None:
            return Key(name, repeat=repeat, shift=shift, ctrl=ctrl)
        if ctrl and 0x20 < one.key < 0x7F:
            return Key(chr(one.key), repeat=repeat, shift=shift, ctrl=True)
        return None
