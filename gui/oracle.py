"""The `gui.sock` server: a picture of the screen, its words, and input as a person would give it (for the owner)."""

import contextlib
import io
import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pygame
from pygame import Surface

from gui.loop import Loop
from gui.scripted import events_of
from gui.toolkit.tree import tree
from gui.wall.pictures import Pictures
from recorder.client import wire
from recorder.client.errors import Busy, Invalid, NightjarError, Refused
from recorder.client.words import _

log = logging.getLogger(__name__)
MOST_CLIENTS = 8
LARGEST_SIDE = 7680
PATIENCE_S = 10.0
# base64 adds a third; the rest is room for the message around it.
LARGEST_PNG = (wire.LONGEST_FRAME - 4096) // 4 * 3
FRAME_S = 1.0
FRAME_PAUSE_S = 0.04
"""The least time between two frames of one client: 25 a second are as many as cameras have."""
CREDENTIALS = struct.Struct("3i")
Result = TypeVar("Result")


class Oracle:
    """Answers `screenshot {width?, height?}`, `frame {after}`, `tree {}`, `input {events}` and `counts {}`.

    `frame` waits up to a second for something that was drawn after the frame of that number, and gives it as JPEG with
    its own number; without anything new the picture is empty. Other users are refused.

    Counts are since the start: `presented` (times that anything was drawn), `taken` and `missed` (pictures of video).
    """

    def __init__(self, path: Path, loop: Loop, pictures: Pictures) -> None:
        self._path = path
        self._pictures = pictures
        self._loop = loop
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Listen; raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen(MOST_CLIENTS)
        threading.Thread(target=self._accept, name="gui.sock", daemon=True).start()

    def close(self) -> None:
        """Hang up on all."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
        with self._lock:
            for client in self._clients:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if len(self._clients) >= MOST_CLIENTS or not _is_owner(client):
                    client.close()
                    continue
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), name="gui client", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        splitter = wire.Splitter()
        try:
            while data := client.recv(1 << 16):
                for kind, payload in splitter.feed(data):
                    if kind == wire.MESSAGE:
                        client.sendall(wire.encode(self._answer(wire.decode(payload))))
        except (OSError, wire.BadFrame):
            log.info("a client of gui.sock was hung up on")
        finally:
            with self._lock:
                self._clients.discard(client)
            client.close()

    def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            match message["op"]:
                case "screenshot":
                    return self._screenshot(message)
                case "frame":
                    return self._frame(message.get("after"))
                case "tree":
                    return {"op": "tree", "tree": self._on_screen(lambda: tree(self._loop.screen))}
                case "input":
                    events = events_of(message.get("events"))
                    self._on_screen(lambda: [self._loop.screen.handle(event) for event in events])
                    self._on_screen(lambda: None)
                    return {"op": "input", "done": len(events)}
                case "counts":
                    return {"op": "counts", **self._on_screen(self._counts)}
                case op:
                    raise Invalid(problem=_("The screen does not know {op}.").format(op=repr(op)[:40]))
        except NightjarError as error:
            return {"op": "error", "code": error.code, "words": str(error)}

    def _frame(self, after: Any) -> dict[str, Any]:
        presenter = self._loop.presenter
        end = time.monotonic() + FRAME_S
        presenter.watched()
        time.sleep(FRAME_PAUSE_S)
        while presenter.presented == after and time.monotonic() < end:
            time.sleep(FRAME_PAUSE_S)
        number, picture = presenter.presented, b""
        if number != after:
            number, drawn = self._on_screen(lambda: (presenter.presented, presenter.canvas.copy()))
            file = io.BytesIO()
            pygame.image.save(drawn, file, "screen.jpg")
            picture = file.getvalue()
        return {"op": "frame", "number": number, "jpeg": picture}

    def _counts(self) -> dict[str, int]:
        tally = self._pictures.tally
        return {"presented": self._loop.presenter.presented, "taken": tally.taken, "missed": tally.missed}

    def _screenshot(self, message: dict[str, Any]) -> dict[str, Any]:
        picture = self._on_screen(self._loop.presenter.canvas.copy)
        picture = _scaled(picture, message.get("width"), message.get("height"))
        file = io.BytesIO()
        pygame.image.save(picture, file, "screen.png")
        png = file.getvalue()
        if len(png) > LARGEST_PNG:
            raise Refused(what=_("a picture of more than {count} MB").format(count=LARGEST_PNG >> 20))
        return {"op": "screenshot", "width": picture.get_width(), "height": picture.get_height(), "png": png}

    def _on_screen(self, call: Callable[[], Result]) -> Result:
        """Have something done on the screen's thread, after it is up to date."""
        answer: Future[Result] = Future()

        def do() -> None:
            try:
                answer.set_result(call())
            except Exception as error:  # noqa: BLE001 - told to the caller
                answer.set_exception(error)

        # What is posted runs before the paint; posted twice, it runs after one.
        self._loop.screen.post(lambda: self._loop.screen.post(do))
        try:
            return answer.result(PATIENCE_S)
        except TimeoutError:
            raise Busy(process="gui") from None


def _is_owner(client: socket.socket) -> bool:
    found = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    _pid, uid, _gid = CREDENTIALS.unpack(found)
    return uid in {os.geteuid(), 0}


def _scaled(picture: Surface, width: Any, height: Any) -> Surface:
    own = picture.get_size()
    for side in (width, height):
        if side is not None and not (isinstance(side, int) and 0 < side <= LARGEST_SIDE):
            raise Invalid(problem=_("A side must be 1 to {most} pixels.").format(most=LARGEST_SIDE))
    if width is None and height is None:
        return picture
    across = width if width is not None else max(1, round(own[0] * height / own[1]))
    down = height if height is not None else max(1, round(own[1] * across / own[0]))
    if (across, down) == own:
        return picture
    return pygame.transform.smoothscale(picture, (min(across, LARGEST_SIDE), min(down, LARGEST_SIDE)))
