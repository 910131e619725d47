"""A line with domes over bytes: what drivers and the simulator have in common, whatever carries the bytes."""

import contextlib
from abc import abstractmethod
from typing import Literal

from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import BadAnswer, BadRequest, Offline, Unsupported
from hal.kinds.ptz_bus import (
    Abilities,
    Action,
    Dome,
    DomeComplaint,
    DomeState,
    Look,
    PtzBus,
)
from hal.machine import Machine
from hal.protocols.ptz import protocol_of
from hal.protocols.ptz.answers import Answers, Asked, PelcoValue, ViscaAnswer, ViscaComplaint, from_nibbles
from hal.protocols.ptz.protocol import Protocol, written
from hal.protocols.ptz.traffic import Motion, Traffic

ANSWER_S = 0.3
"""How long a dome may take to answer; VISCA inquiries take 16 ms, a Pelco answer at 2400 baud 30 ms."""
CLOSING_S = 3.0
"""How long letting go of a line may take for the stops of its domes."""

NUMBERED = {
    Action.PRESET_SET: "presets",
    Action.PRESET_CLEAR: "presets",
    Action.PRESET_GOTO: "presets",
    Action.TOUR_ADD: "tours",
    Action.TOUR_REMOVE: "tours",
    Action.TOUR_START: "tours",
    Action.PATTERN_RECORD: "patterns",
    Action.PATTERN_END: "patterns",
    Action.PATTERN_RUN: "patterns",
    Action.SCAN_LEFT_LIMIT: "scans",
    Action.SCAN_RIGHT_LIMIT: "scans",
    Action.SCAN_START: "scans",
    Action.AUX_ON: "auxes",
    Action.AUX_OFF: "auxes",
}


class LinePtzBus(PtzBus):
    """A line of bytes with domes; a subclass opens it."""

    def __init__(self, name: str, machine: Machine, settings: SerialSettings) -> None:
        super().__init__(name)
        self._machine = machine
        self._settings = settings
        self._traffic = Traffic()
        self._answers = Answers()
        self._line: SerialLine | None = None
        self._greeted: set[str] = set()
        self._looks: dict[int, Look] = {}

    @abstractmethod
    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Open what carries the bytes; raises `Offline`."""

    def open(self) -> None:
        """Open the line; a dome that is owed a stop gets it first."""
        self._line = self.open_line(self._settings)
        self._greeted.clear()
        self._answers.forget()
        self.come_online(baud=self._settings.baud)
        self._pump()

    def close(self) -> None:
        """Stop what moves, and let go of the line."""
        if self._line is None:
            return
        self._traffic.halt()
        until_s = self._machine.monotonic_s() + CLOSING_S
        with contextlib.suppress(OSError):
            while self._traffic.owes and self._machine.monotonic_s() < until_s:
                self._traffic.send(self._line.write, self._machine.monotonic_s)
                self._sleep_until(self._traffic.wanted_s())
        with contextlib.suppress(OSError):
            self._line.close()
        self._line = None
        self._traffic.lost()

    def fileno(self) -> int | None:
        """Give the line's descriptor: domes answer."""
        return None if self._line is None else self._line.fileno()

    def readable(self) -> None:
        """Take what domes say without being asked: that they did something, or could not."""
        if self._line is not None:
            self._hear(self._line.read(256, 0))

    def poll(self) -> None:
        """Write what is due."""
        self._pump()

    def move(
        self,
        *,
        dome: Dome,
        pan: float = 0.0,
        tilt: float = 0.0,
        zoom: float = 0.0,
        focus: float = 0.0,
        iris: float = 0.0,
    ) -> None:
        """Move, or go on."""
        self.require_online()
        motion = Motion(pan, tilt, zoom, focus, iris)
        if not all(-1 <= share <= 1 for share in (pan, tilt, zoom, focus, iris)):
            raise BadRequest(f"{self.name}: speeds are shares from -1 to 1")
        protocol = self._greet(dome)
        self._traffic.move(dome.address, protocol, motion, self._machine.monotonic_s())
        self._send()

    def stop(self, *, dome: Dome) -> None:
        """Stop, now or when the line is back."""
        self._traffic.stop(dome.address, protocol_of(dome))
        self.require_online()
        self._send()

    def act(self, *, dome: Dome, action: Action, number: int = 0, second: int = 0) -> None:
        """Do one thing."""
        self.require_online()
        protocol = protocol_of(dome)
        if action in protocol.actions and (counted := NUMBERED.get(action)):
            most: int = getattr(protocol, counted)
            if not 1 <= number <= most:
                raise BadRequest(f"{protocol.title}: {action.replace('_', ' ')} takes 1 to {most}, not {number}")
        if action in {Action.LOOK, Action.LOOK_BY}:
            raise BadRequest(f"{self.name}: ask to look, with degrees")
        self._greet(dome)
        self._traffic.act(dome.address, protocol, action, n=number, m=second)
        self._send()

    def look(self, *, dome: Dome, pan_degrees: float, tilt_degrees: float, zoom: float) -> None:
        """Look somewhere."""
        self.require_online()
        protocol = protocol_of(dome)
        if Action.LOOK not in protocol.actions:
            raise Unsupported(f"{protocol.title} cannot be told where to look")
        if not (-360 <= pan_degrees <= 360 and -90 <= tilt_degrees <= 90 and 0 <= zoom <= 1):
            raise BadRequest(f"{self.name}: look within 360 and 90 degrees, zoom from 0 to 1")
        steps = _steps_per_degree(dome, protocol)
        if protocol.joins:  # Pelco counts hundredths of a degree around; below the horizon is 0 to 90, above 270 to 360
            pan_degrees, tilt_degrees = pan_degrees % 360, -tilt_degrees % 360
        at = {"pan_at": round(pan_degrees * steps), "tilt_at": round(tilt_degrees * steps)}
        self._greet(dome)
        self._traffic.act(dome.address, protocol, Action.LOOK, **at, zoom_at=round(zoom * _zoom_top(protocol)))
        self._send()

    def ask(self, *, dome: Dome) -> Look:
        """Ask where a dome looks."""
        self.require_online()
        protocol = self._greet(dome)
        steps = _steps_per_degree(dome, protocol)
        if Action.ASK_ZOOM not in protocol.actions:
            raise Unsupported(f"{protocol.title} cannot tell where a dome looks")
        if protocol.joins:
            pan, tilt, zoom = (self._ask_pelco(dome, protocol, asked) for asked in Asked)
            degrees = tilt / steps
            look = Look(pan / steps, -degrees if degrees <= 180 else 360 - degrees, zoom / _zoom_top(protocol))
        else:
            turned = self._ask_visca(dome, protocol, Action.ASK_PAN_TILT, 8)
            zoomed = from_nibbles(self._ask_visca(dome, protocol, Action.ASK_ZOOM, 4))
            pan, tilt = from_nibbles(turned[:4]), from_nibbles(turned[4:])
            look = Look(pan / steps, tilt / steps, zoomed / _zoom_top(protocol))
        self._looks[dome.address] = look
        self._tell()
        return look

    def abilities(self, *, dome: Dome) -> Abilities:
        """Tell what the protocol knows."""
        self.require_online()
        protocol = protocol_of(dome)
        counts = (protocol.presets, protocol.tours, protocol.patterns, protocol.scans, protocol.auxes)
        return Abilities(frozenset(protocol.actions), *counts)

    def set_line(
        self,
        *,
        baud: int,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
    ) -> None:
        """Set the line anew."""
        self.require_online()
        settings = self._settings.spoken(baud, data_bits, parity, stop_bits)
        if settings != self._settings:
            self.close()
            self._settings = settings
            self.open()

    def _greet(self, dome: Dome) -> Protocol:
        """Give the dome's table; what its protocol begins with is written once."""
        protocol = protocol_of(dome)
        protocol.check_address(dome.address)
        if self._line is not None and protocol.hello and protocol.title not in self._greeted:
            self._greeted.add(protocol.title)
            for frame in written(protocol.hello):
                self._write(frame)
        return protocol

    def _send(self) -> None:
        """Write what is due, for a request: what fails makes the bus offline as well."""
        try:
            self._pump()
        except OSError as error:
            self.wanted_s = self._machine.monotonic_s()
            raise Offline(f"{self.name}: {error.strerror or error}") from error

    def _pump(self) -> None:
        if self._line is None:
            raise Offline(f"{self.name}: {self.state.reason}")
        self._traffic.send(self._line.write, self._machine.monotonic_s)
        self.wanted_s = self._traffic.wanted_s()
        self._tell()

    def _write(self, frame: bytes) -> None:
        if self._line is None:
            raise Offline(f"{self.name}: {self.state.reason}")
        try:
            self._line.write(frame)
        except OSError as error:
            self._traffic.lost()
            self.wanted_s = self._machine.monotonic_s()
            raise Offline(f"{self.name}: {error.strerror or error}") from error

    def _tell(self) -> None:
        moving = self._traffic.moving()
        self.change(domes=tuple(DomeState(one, moves, self._looks.get(one)) for one, moves in moving.items()))

    def _hear(self, data: bytes) -> list[PelcoValue | ViscaAnswer]:
        heard: list[PelcoValue | ViscaAnswer] = []
        for answer in self._answers.feed(data):
            if isinstance(answer, ViscaComplaint):
                self.tell(DomeComplaint(self.name, address=answer.address, words=answer.words))
            elif isinstance(answer, PelcoValue | ViscaAnswer):
                heard.append(answer)
        return heard

    def _ask_pelco(self, dome: Dome, protocol: Protocol, asked: Asked) -> int:
        question = {Asked.PAN: Action.ASK_PAN, Asked.TILT: Action.ASK_TILT, Asked.ZOOM: Action.ASK_ZOOM}[asked]
        for answer in self._question(dome, protocol, question):
            if isinstance(answer, PelcoValue) and (answer.address, answer.asked) == (dome.address, asked):
                return answer.value
        raise Offline(f"{self.name}: dome {dome.address} does not answer")

    def _ask_visca(self, dome: Dome, protocol: Protocol, question: Action, size: int) -> bytes:
        for answer in self._question(dome, protocol, question):
            if isinstance(answer, ViscaAnswer) and answer.address == dome.address:
                if len(answer.data) != size:
                    raise BadAnswer(f"{self.name}: dome {dome.address}", answer.data)
                return answer.data
        raise Offline(f"{self.name}: dome {dome.address} does not answer")

    def _question(self, dome: Dome, protocol: Protocol, question: Action) -> list[PelcoValue | ViscaAnswer]:
        """Write a question when the line is quiet, stops first, and give what is said until its answer came."""
        while self._traffic.stops_wait:
            self._sleep_until(self._traffic.quiet_s)
            self._send()
        self._sleep_until(self._traffic.quiet_s)
        if self._line is None:
            raise Offline(f"{self.name}: {self.state.reason}")
        for _stale in range(64):
            if not (data := self._line.read(256, 0)):
                break
            self._hear(data)
        self._answers.forget()
        [frame] = protocol.frames(dome.address, question)
        self._write(frame)
        until_s = self._machine.monotonic_s() + ANSWER_S
        heard: list[PelcoValue | ViscaAnswer] = []
        while not heard and (rest_s := until_s - self._machine.monotonic_s()) > 0:
            data = self._line.read(64, min(rest_s, 0.02))
            heard += self._hear(data)
            if not data:
                self._machine.sleep_s(0.001)
        return heard

    def _sleep_until(self, when_s: float | None) -> None:
        if when_s is not None and (rest_s := when_s - self._machine.monotonic_s()) > 0:
            self._machine.sleep_s(min(rest_s, 1.0))


def _zoom_top(protocol: Protocol) -> int:
    return 0xFFFF if protocol.joins else 0x4000


def _steps_per_degree(dome: Dome, protocol: Protocol) -> float:
    steps = 100.0 if protocol.joins else dome.steps_per_degree
    if steps <= 0:
        raise Unsupported("Nobody told how many steps this camera counts in a degree")
    return steps
