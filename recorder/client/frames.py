"""The client side of `decode.sock`: live views, playback sessions and stills.

The messages are in `recorder.client.views`, the memory that pictures come in is a `Surface`. `DecodeClient` keeps a
thread of its own that reconnects for ever and asks again for everything that was wanted, so a screen keeps its pictures
while decode is restarted.
"""

import contextlib
import itertools
import logging
import os
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from recorder.client import wire
from recorder.client.errors import NightjarError, Refused, Unavailable
from recorder.client.still import NoStill, Still, settle
from recorder.client.stream import StreamName
from recorder.client.surface import BadSurface, Surface
from recorder.client.views import (
    CloseView,
    Deaf,
    Heard,
    Listen,
    Part,
    PlayClose,
    PlayOpen,
    PlaySeek,
    PlaySpeed,
    PlayStep,
    PlayView,
    Position,
    ShowView,
    StillAnswer,
    StillRequest,
    SurfaceMessage,
    ViewState,
)

RECONNECT_S = 0.1
"""The pause between two tries to reach decode."""
KEPT_EVENTS = 1000
SEND_S = 2
"""A decode that takes nothing for so long hangs: it is hung up on, so that whoever asks is not held."""
_READ_BYTES = 1 << 18
_MOST_DESCRIPTORS = 64

log = logging.getLogger(__name__)


class DecodeClient:
    """A connection to decode that heals itself. All methods are safe from any thread and return at once.

    View and session numbers are the caller's, unique within the client. After a reconnection everything that was wanted
    is asked for again, playback at the position last told.
    """

    def __init__(self, path: Path, wake: Callable[[], None] | None = None, *, planes: bool = False) -> None:
        """`path` is that of decode.sock; `wake` is called in the client's thread after events arrived.

        With `planes` live pictures may come as such: see `ShowView`.
        """
        self._path = path
        self._planes = planes
        self._wake = wake
        self._lock = threading.RLock()
        self._socket: socket.socket | None = None
        self._views: dict[int, ShowView] = {}
        self._sessions: dict[int, PlayOpen] = {}
        self._speeds: dict[int, float] = {}
        self._shown: dict[int, Surface] = {}
        self._coming: dict[int, Surface] = {}
        self._states: dict[int, ViewState] = {}
        self._listens: dict[int, Listen] = {}
        self._heard: deque[Heard] = deque(maxlen=KEPT_EVENTS)
        self._positions: dict[int, Position] = {}
        self._skipped: dict[int, int] = {}
        self._stills: dict[int, Future[Still]] = {}
        self._numbers = itertools.count(1)
        self._events: deque[ViewState | Position] = deque(maxlen=KEPT_EVENTS)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decode-client", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def close(self) -> None:
        """Hang up and give all memory back."""
        self._closed.set()
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        with self._lock:
            self._shown, self._coming = {}, {}

    @property
    def connected(self) -> bool:
        """Whether decode answers now."""
        return self._socket is not None

    def view(
        self,
        view: int,
        channel: int,
        stream: StreamName,
        width: int,
        height: int,
        grant: str = "",
        *,
        part: Part | None = None,
    ) -> None:
        """Show a stream live, or a part of its pictures.

        Again with the same number it changes size, stream or part; the old picture stays meanwhile.
        """
        with self._lock:
            asked = ShowView(view, channel, stream, width, height, grant, planes=self._planes, part=part)
            if self._views.get(view) != asked:
                self._views[view] = asked
                self._send(asked)

    def watch(self, view: int, channel: int, stream: StreamName, size: tuple[int, int], per_s: float) -> None:
        """Have luma of a stream at a size, at most so many pictures a second: see `ShowView`."""
        with self._lock:
            asked = ShowView(view, channel, stream, *size, grey=True, per_s=per_s)
            if self._views.get(view) != asked:
                self._views[view] = asked
                self._send(asked)

    def close_view(self, view: int) -> None:
        """No more of a live view."""
        with self._lock:
            if self._views.pop(view, None) is not None:
                self._send(CloseView(view))
            self._forget(view)

    def listen(self, number: int, channel: int, stream: StreamName, grant: str = "") -> None:
        """Hear how loud a live stream is (`heard`); again with the same number it changes the stream."""
        with self._lock:
            asked = Listen(number, channel, stream, grant)
            if self._listens.get(number) != asked:
                self._listens[number] = asked
                self._send(asked)

    def deaf(self, number: int) -> None:
        """Listen no more."""
        with self._lock:
            if self._listens.pop(number, None) is not None:
                self._send(Deaf(number))

    def heard(self) -> list[Heard]:
        """What was heard since the last call."""
        with self._lock:
            told = list(self._heard)
            self._heard.clear()
        return told

    def play_open(self, session: int, views: Sequence[PlayView], at_us: int, grant: str = "") -> None:
        """Open playback, standing at a time; again with the same number it changes the views."""
        with self._lock:
            before = self._sessions.get(session)
            asked = PlayOpen(session, tuple(views), at_us, grant)
            kept = {one.id for one in views}
            for one in before.views if before else ():
                if one.id not in kept:
                    self._forget(one.id)
            self._sessions[session] = asked
            self._speeds.setdefault(session, 0.0)
            self._send(asked)

    def play_seek(self, session: int, at_us: int) -> None:
        """Go to a time: the key picture at once, then the exact frame."""
        with self._lock:
            if session in self._sessions:
                self._sessions[session] = replace(self._sessions[session], at_us=at_us)
                self._positions.pop(session, None)
            self._send(PlaySeek(session, at_us))

    def play_speed(self, session: int, speed: float) -> None:
        """0 stands, 1 is real time, 0.25 to 16, negative goes back."""
        with self._lock:
            self._speeds[session] = speed
            self._send(PlaySpeed(session, speed))

    def play_step(self, session: int, frames: int) -> None:
        """So many frames on, or back when negative; stands afterwards."""
        with self._lock:
            self._speeds[session] = 0.0
            self._send(PlayStep(session, frames))

    def play_close(self, session: int) -> None:
        """End a session and its views."""
        with self._lock:
            asked = self._sessions.pop(session, None)
            self._speeds.pop(session, None)
            self._positions.pop(session, None)
            self._skipped.pop(session, None)
            for one in asked.views if asked else ():
                self._forget(one.id)
            self._send(PlayClose(session))

    def still(
        self, channel: int, stream: StreamName, at_us: int | None = None, width: int = 0, grant: str = ""
    ) -> "Future[Still]":
        """Ask for one picture, live when `at_us` is None, `width` 0 for its own; fails with a `NightjarError`."""
        answer: Future[Still] = Future()
        with self._lock:
            # Far above view numbers: an answer that fails is told by its number alone.
            number = (1 << 30) + next(self._numbers)
            if self._socket is None:
                answer.set_exception(Unavailable(process="decode"))
            else:
                self._stills[number] = answer
                self._send(StillRequest(number, channel, stream, at_us, width, grant))
        return answer

    def surface(self, view: int) -> Surface | None:
        """The memory to show for a view: the newest with a picture, so a re-sized view keeps its old one until then."""
        if view not in self._coming:  # nearly always, and asked for many times a second
            return self._shown.get(view)
        with self._lock:
            coming = self._coming.get(view)
            if coming is not None and (coming.sequence or view not in self._shown):
                self._shown[view] = self._coming.pop(view)
            return self._shown.get(view)

    def state(self, view: int) -> ViewState | None:
        """What was last told of a view."""
        return self._states.get(view)

    def position(self, session: int) -> Position | None:
        """What was last told of a session."""
        return self._positions.get(session)

    def skipped(self, session: int) -> int:
        """How long the holes were together that a session jumped over since the last call, µs.

        Whoever looks now and then sees only the newest position, which a jump is in no more.
        """
        with self._lock:
            return self._skipped.pop(session, 0)

    def events(self) -> list[ViewState | Position]:
        """What was told since the last call."""
        with self._lock:
            told = list(self._events)
            self._events.clear()
        return told

    def _forget(self, view: int) -> None:
        self._shown.pop(view, None)
        self._coming.pop(view, None)
        self._states.pop(view, None)

    def _send(self, message: Any) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendall(wire.encode(message))
        except OSError:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    # The client's thread.

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
                    sock.connect(str(self._path))
                    self._serve(sock)
            except (OSError, NightjarError, msgspec.ValidationError) as error:
                log.debug("decode is not there: %s", error)
            self._gone()
            self._closed.wait(RECONNECT_S)

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_S, 0))
        with self._lock:
            self._socket = sock
            self._ask_again()
        splitter = wire.Splitter()
        descriptors: deque[int] = deque()
        try:
            while not self._closed.is_set():
                data, passed, _flags, _address = socket.recv_fds(sock, _READ_BYTES, _MOST_DESCRIPTORS)
                descriptors.extend(passed)
                if not data:
                    return
                for kind, payload in splitter.feed(data):
                    if kind == wire.MESSAGE:
                        self._take(wire.decode(payload), descriptors)
                if self._wake is not None:
                    self._wake()
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _ask_again(self) -> None:
        for view in self._views.values():
            self._send(view)
        for listen in self._listens.values():
            self._send(listen)
        for number, asked in self._sessions.items():
            told = self._positions.get(number)
            self._send(replace(asked, at_us=told.at_us if told else asked.at_us))
            if self._speeds.get(number):
                self._send(PlaySpeed(number, self._speeds[number]))

    def _gone(self) -> None:
        with self._lock:
            self._socket = None
            waiting, self._stills = self._stills, {}
            # A memory that will never get its first picture must not hide the old one.
            self._coming = {}
        for answer in waiting.values():
            settle(answer, Unavailable(process="decode"))

    def _take(self, message: dict[str, Any], descriptors: deque[int]) -> None:
        match message["op"]:
            case "surface":
                self._take_surface(msgspec.convert(message, SurfaceMessage), descriptors)
            case "view_state":
                state = msgspec.convert(message, ViewState)
                with self._lock:
                    if state.id in self._wanted():
                        self._states[state.id] = state
                        self._events.append(state)
            case "heard":
                heard = msgspec.convert(message, Heard)
                with self._lock:
                    if heard.id in self._listens:
                        self._heard.append(heard)
            case "position":
                position = msgspec.convert(message, Position)
                with self._lock:
                    if position.session in self._sessions:
                        self._positions[position.session] = position
                        if position.skipped_us:
                            before_us = self._skipped.get(position.session, 0)
                            self._skipped[position.session] = before_us + position.skipped_us
                        self._events.append(position)
            case "still":
                answer = msgspec.convert(message, StillAnswer, strict=False)
                self._answer(answer.id, Still(answer.at_us, answer.jpeg))
            case "failed":
                self._failed(message)
            case _:
                pass

    def _take_surface(self, told: SurfaceMessage, descriptors: deque[int]) -> None:
        if not descriptors:
            raise BadSurface(problem="no descriptor")
        made = Surface(
            descriptors.popleft(),
            told.id,
            told.width,
            told.height,
            told.stride,
            told.slots,
            told.slot_bytes,
            told.pixel_bytes,
        )
        with self._lock:
            if told.id in self._wanted():
                self._coming[told.id] = made

    def _wanted(self) -> set[int]:
        return self._views.keys() | {one.id for asked in self._sessions.values() for one in asked.views}

    def _failed(self, message: dict[str, Any]) -> None:
        number, words = message.get("id"), str(message.get("words", ""))
        if isinstance(number, int) and number in self._stills:
            refused = message.get("code") in {"Refused", "BadGrant"}
            error: NightjarError = Refused(what=words) if refused else NoStill(problem=words)
            self._answer(number, error)
        else:
            log.warning("decode refused something: %s", words)

    def _answer(self, number: int, answer: Still | NightjarError) -> None:
        with self._lock:
            waiting = self._stills.pop(number, None)
        if waiting is not None:
            settle(waiting, answer)
