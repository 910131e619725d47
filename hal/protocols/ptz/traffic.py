"""What goes out on a line with domes, and when: stops before moves, moves before everything else, each with its pause.

Without I/O: `send` is given what writes. Whatever happens, a dome that a move was written for gets a stop after it:
when the key goes up, when nobody asked again within `HELD_S`, when the line is let go, and first of all when a lost
line is back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hal.errors import BadRequest
from hal.kinds.ptz_bus import HELD_S, Action
from hal.protocols.ptz.protocol import Protocol

MOST_DEEDS = 32
"""Requests that wait for one line beside moves and stops: ten seconds of preset calls; more are refused."""
MOST_DOMES = 64
"""Domes of one line that are remembered; RS-485 drives 32 receivers, and 64 with modern ones."""

TURNS = frozenset(
    {
        Action.PRESET_GOTO,
        Action.TOUR_START,
        Action.PATTERN_RUN,
        Action.SCAN_START,
        Action.PAN_START,
        Action.HOME,
        Action.FLIP,
        Action.RESET,
        Action.LOOK,
        Action.LOOK_BY,
    }
)
"""What makes a dome turn by itself: a move ends before it, and a stop forgets it where it still waits."""

TAPS = frozenset(
    {
        Action.MENU_UP,
        Action.MENU_DOWN,
        Action.MENU_LEFT,
        Action.MENU_RIGHT,
        Action.MENU_ENTER,
        Action.MENU_CLOSE,
    }
)
"""What a dome with joined moves understands as a move while its menu is shut: a key that is pressed and let go."""

_DIRECTIONS = {
    (0, 1): Action.UP,
    (0, -1): Action.DOWN,
    (-1, 0): Action.LEFT,
    (1, 0): Action.RIGHT,
    (-1, 1): Action.UP_LEFT,
    (1, 1): Action.UP_RIGHT,
    (-1, -1): Action.DOWN_LEFT,
    (1, -1): Action.DOWN_RIGHT,
}


@dataclass(frozen=True)
class Motion:
    """Shares of full speed, -1 to 1: right, up, tele, far, open."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    focus: float = 0.0
    iris: float = 0.0

    def parts(self) -> dict[str, Action]:
        """Name what moves: turning, then zoom, focus and iris, each with its action."""
        found: dict[str, Action] = {}
        if turn := _DIRECTIONS.get((_sign(self.pan), _sign(self.tilt))):
            found["turn"] = turn
        for part, share, forward, back in (
            ("zoom", self.zoom, Action.ZOOM_IN, Action.ZOOM_OUT),
            ("focus", self.focus, Action.FOCUS_FAR, Action.FOCUS_NEAR),
            ("iris", self.iris, Action.IRIS_OPEN, Action.IRIS_CLOSE),
        ):
            if share:
                found[part] = forward if share > 0 else back
        return found


STILL = Motion()


@dataclass
class _Course:
    """One dome: how it moves, since when nobody asked, and what must still be written for it."""

    protocol: Protocol
    motion: Motion = STILL
    asked_s: float = 0.0
    written_s: float = 0.0
    live: set[str] = field(default_factory=set[str])
    """The parts that may be moving at the dome: a move for them was written, or tried to be."""
    stopping: deque[bytes] = field(default_factory=deque[bytes])
    moving: deque[tuple[bytes, bool]] = field(default_factory=deque[tuple[bytes, bool]])
    """Frames, and whether with this one only the parts of the motion are live."""

    @property
    def idle(self) -> bool:
        """Whether the dome neither moves nor is owed a stop."""
        return not self.live and not self.stopping and self.motion == STILL


@dataclass(frozen=True)
class _Deed:
    address: int
    protocol: Protocol
    action: Action
    frames: deque[bytes]

    @property
    def is_tap(self) -> bool:
        """Whether a stop must follow."""
        return self.protocol.joins and self.action in TAPS


class Traffic:
    """All domes of one line. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._courses: dict[int, _Course] = {}
        self._deeds: deque[_Deed] = deque()
        self.quiet_s = float("-inf")
        """Until when nothing is written, for the pause after the last frame."""

    def move(self, address: int, protocol: Protocol, motion: Motion, now_s: float) -> None:
        """Move a dome from now on, or go on with it; raises `Unsupported`, `BadRequest`."""
        if motion == STILL:
            self.stop(address, protocol)
            return
        frames = _frames(address, protocol, motion)
        course = self._course(address, protocol)
        course.asked_s = now_s
        if motion == course.motion:
            return
        stopped = _stop(address, protocol) if not protocol.joins and course.live - motion.parts().keys() else ()
        course.stopping.clear()
        course.moving = deque([*((frame, False) for frame in stopped), *((frame, True) for frame in frames)])
        course.motion = motion

    def stop(self, address: int, protocol: Protocol) -> None:
        """Stop a dome; raises `Unsupported`, `BadRequest`."""
        known = self._courses.get(address)
        if known is not None and not known.idle:
            protocol = known.protocol  # a moving dome understands what moved it, whatever is tried now
        frames = _stop(address, protocol)
        course = self._course(address, protocol)
        course.moving.clear()
        course.motion = STILL
        course.stopping = deque(frames * protocol.stops)
        self._deeds = deque(deed for deed in self._deeds if deed.address != address or deed.action not in TURNS)

    def act(self, address: int, protocol: Protocol, action: Action, **holes: int) -> None:
        """Do one thing when there is time; raises `Unsupported`, `BadRequest`."""
        frames = deque(protocol.frames(address, action, **holes))
        if len(self._deeds) >= MOST_DEEDS:
            raise BadRequest(f"{MOST_DEEDS} requests wait for this line already")
        course = self._course(address, protocol)
        if action in TURNS | TAPS and course.motion != STILL:
            self.stop(address, protocol)
        self._deeds.append(_Deed(address, protocol, action, frames))

    def wanted_s(self) -> float | None:
        """Say when `send` has something to do; None: nothing."""
        if self._deeds or any(course.stopping or course.moving for course in self._courses.values()):
            return self.quiet_s
        times = [
            min(course.asked_s + HELD_S, course.written_s + course.protocol.refresh_s)
            for course in self._courses.values()
            if course.motion != STILL
        ]
        return max(self.quiet_s, min(times)) if times else None

    def send(self, write: Callable[[bytes], None], monotonic_s: Callable[[], float]) -> None:
        """Write what is due, as long as no pause is; what `write` raises is raised after `lost`."""
        while (now_s := monotonic_s()) >= self.quiet_s:
            self._tend(now_s)
            try:
                gap_s = self._write_one(write)
            except OSError:
                self.lost()
                raise
            if gap_s is None:
                return
            self.quiet_s = monotonic_s() + gap_s

    def lost(self) -> None:
        """The line is gone: every dome that may be moving is owed a stop, and the rest is forgotten."""
        self._deeds.clear()
        self.quiet_s = float("-inf")
        self.halt()

    def halt(self) -> None:
        """Stop every dome that may be moving."""
        for address, course in self._courses.items():
            if not course.idle:
                self.stop(address, course.protocol)

    @property
    def stops_wait(self) -> bool:
        """Whether a stop is to be written."""
        return any(course.stopping for course in self._courses.values())

    @property
    def owes(self) -> bool:
        """Whether a dome is still owed a stop."""
        return any(course.live or course.stopping for course in self._courses.values())

    def moving(self) -> dict[int, bool]:
        """Tell which of the domes move."""
        return {address: course.motion != STILL for address, course in sorted(self._courses.items())}

    def _course(self, address: int, protocol: Protocol) -> _Course:
        course = self._courses.get(address)
        if course is None:
            if len(self._courses) >= MOST_DOMES:
                idle = [one for one, course in self._courses.items() if course.idle]
                if not idle:
                    raise BadRequest(f"{MOST_DOMES} domes of this line are moving")
                del self._courses[idle[0]]
            course = self._courses[address] = _Course(protocol)
        elif course.protocol != protocol:
            if not course.idle:
                raise BadRequest(f"Dome {address} is moving; stop it before another protocol is tried")
            course.protocol = protocol
        return course

    def _tend(self, now_s: float) -> None:
        """Stop whom nobody holds any more; move on whom somebody holds."""
        for address, course in self._courses.items():
            if course.motion == STILL:
                continue
            if now_s >= course.asked_s + HELD_S:
                self.stop(address, course.protocol)
            elif not course.moving and now_s >= course.written_s + course.protocol.refresh_s:
                frames = _frames(address, course.protocol, course.motion)
                course.moving = deque((frame, False) for frame in frames)
                course.written_s = now_s
            elif course.moving:
                course.written_s = now_s

    def _write_one(self, write: Callable[[bytes], None]) -> float | None:
        """Write the most urgent frame; gives the pause after it, or None if there is none."""
        for course in self._courses.values():
            if course.stopping:
                write(course.stopping[0])
                course.stopping.popleft()
                if not course.stopping:
                    course.live.clear()
                return course.protocol.gap_s
        for course in self._courses.values():
            if course.moving:
                frame, settled = course.moving[0]
                parts = course.motion.parts().keys()
                # Before it is written: what fails half way may have arrived.
                course.live |= parts
                write(frame)
                course.moving.popleft()
                if settled:
                    course.live &= parts
                return course.protocol.gap_s
        if self._deeds:
            return self._do(self._deeds[0], write)
        return None

    def _do(self, deed: _Deed, write: Callable[[bytes], None]) -> float:
        course = self._courses.get(deed.address)
        if deed.is_tap and course is not None:
            course.live.add("tap")
        write(deed.frames[0])
        deed.frames.popleft()
        if not deed.frames:
            self._deeds.popleft()
            if deed.is_tap:
                self.stop(deed.address, deed.protocol)
        return deed.protocol.slow_gap_s


def _stop(address: int, protocol: Protocol) -> tuple[bytes, ...]:
    return protocol.frames(address, Action.STOP)


def _frames(address: int, protocol: Protocol, motion: Motion) -> tuple[bytes, ...]:
    pan, tilt = protocol.speed(0, motion.pan), protocol.speed(1, motion.tilt)
    if protocol.joins:
        actions: dict[Action, int] = {}
        if motion.pan:
            actions[Action.RIGHT if motion.pan > 0 else Action.LEFT] = pan
        if motion.tilt:
            actions[Action.UP if motion.tilt > 0 else Action.DOWN] = tilt
        actions |= {action: 0 for part, action in motion.parts().items() if part != "turn"}
        return (protocol.joined(address, actions),)
    speeds = {"pan": pan, "tilt": tilt, "zoom": protocol.speed(2, motion.zoom)}
    return tuple(frame for action in motion.parts().values() for frame in protocol.frames(address, action, **speeds))


def _sign(share: float) -> int:
    return (share > 0) - (share < 0)
