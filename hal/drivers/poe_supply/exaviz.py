"""Exaviz boards: a stream of text lines, one a port, at /dev/pse (Cruiser, 115200 baud) or /proc/pse (Interceptor).

Source: lines and states as ha-poe-plugin of the maker reads them. The stream never ends: reads are bounded in bytes and
time. The third figure of a line is what the class may take, not what is taken; that is volts times amps.
"""

import os
import re
from typing import Literal

from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import BadAnswer, Offline
from hal.kinds.poe_supply import PoeFault, PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.port import Plan, Reading, Sight
from hal.poe.supply import BudgetedSupply

BAUD = 115200
MOST_BYTES = 8192
"""Sixteen ports and their supplies take 1.5 KiB a second."""
LONGEST_LINE = 256
LONGEST_FIGURE = 16
MOST = 10_000.0
"""Neither volts nor milliamps nor degrees of a port come near."""
READ_S = 1.2
"""All ports are told once a second."""
STALE_S = 5.0
"""A port that was not told of for so long is not known any more."""
PORT = re.compile(
    rb"(\d{1,2})-(\d{1,2}): (\S+) (\S+) \S+ ([\d.?]+) ([\d.?]+)/([\d.?]+) ([-\d.?]+)(?:/[-\d.?]+)?(?: +(\S.*))?"
)
STATES = {
    b"power-on": PortState.DELIVERING,
    b"detecting": PortState.SEARCHING,
    b"start-detection": PortState.SEARCHING,
    b"searching": PortState.SEARCHING,
    b"backoff": PortState.BACKOFF,
    b"disabled": PortState.DISABLED,
    b"fault": PortState.FAULT,
}


class Exaviz(BudgetedSupply):
    """A supply read from such lines. `pse` lists the boards' numbers of the ports, as "1-0", in the panel's order."""

    unproven = "Written from a program of the maker; only lines as that reads them were given to it yet."
    grants_itself = True

    def __init__(
        self,
        name: str,
        machine: Machine,
        pse: tuple[str, ...],
        budget: Budget,
        bus: str = "pse",
        stream: Literal["serial", "proc"] = "serial",
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(name, machine, len(pse), budget, plan)
        self._pse = pse
        self._serial = stream == "serial"
        self._place = machine.dev / bus if self._serial else machine.proc / bus
        self._line: SerialLine | None = None
        self._rest = b""
        self._seen_at: dict[str, tuple[Reading, float, float]] = {}

    def close(self) -> None:
        """Let go of the line; the ports stay on."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _begin(self) -> None:
        self.close()
        self._rest = b""
        self._seen_at.clear()
        if self._serial:
            self._line = self._machine.serial(self._place, SerialSettings(baud=BAUD))

    def _look(self) -> Sight:
        self._take(self._listen())
        heard, now_s = self._seen_at, self._machine.monotonic_s()
        missing = [port for port in self._pse if port not in heard or now_s - heard[port][2] > STALE_S]
        if missing:
            raise BadAnswer(f"{self._place} tells nothing of {', '.join(missing)}", self._rest)
        return Sight(tuple(heard[port][0] for port in self._pse), None, max(heard[port][1] for port in self._pse))

    def _listen(self) -> bytes:
        """Take at most so many bytes of a stream that has no end."""
        if self._line is not None:
            said = self._line.read(MOST_BYTES, 0.0)
            return said or self._line.read(MOST_BYTES, READ_S)
        try:
            descriptor = os.open(self._place, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise Offline(f"{self._place}: {error.strerror}") from None
        try:
            return os.read(descriptor, MOST_BYTES)
        finally:
            os.close(descriptor)

    def _take(self, said: bytes) -> None:
        """Read whole lines; what is no line of a port is passed over."""
        *lines, rest = (self._rest + said).split(b"\n")
        self._rest = rest[-LONGEST_LINE:] if self._serial else b""
        for line in lines:
            if found := PORT.fullmatch(line.strip()):
                port = f"{int(found[1])}-{int(found[2])}"
                self._seen_at[port] = (*_reading(found), self._machine.monotonic_s())

    def _grant(self, port: int) -> None:
        self._say("enable-port", port)

    def _cut(self, port: int) -> None:
        self._say("disable-port", port)

    def _say(self, command: str, port: int) -> None:
        pse, number = self._pse[port - 1].split("-")
        words = f"{command} {pse} {number}\n".encode()
        if self._line is not None:
            self._line.write(words)
            return
        try:
            with self._place.open("wb", buffering=0) as file:
                file.write(words)
        except OSError as error:
            raise Offline(f"{self._place}: {error.strerror}") from None


def _reading(found: re.Match[bytes]) -> tuple[Reading, float]:
    """Read a port's line into what it says and its temperature."""
    state = STATES.get(found[3].lower(), PortState.UNKNOWN)
    volts, amps, most_amps, celsius = (_figure(found[at]) for at in (5, 6, 7, 8))
    volts, amps = abs(volts), abs(amps)
    on = state is PortState.DELIVERING
    # One firmware counts in milliamps: no port takes ten amps.
    milliamps = amps if most_amps > 10 else amps * 1000
    power_class = int(found[4]) if found[4].isdigit() and int(found[4]) <= 8 else None
    tripped = frozenset({PoeFault.UNKNOWN} if state is PortState.FAULT else ())
    reading = Reading(
        state,
        power_class if on else None,
        volts if on else 0.0,
        milliamps if on else 0.0,
        granted=state is not PortState.DISABLED,
        tripped=tripped,
    )
    return reading, celsius


def _figure(said: bytes) -> float:
    try:
        figure = float(said[:LONGEST_FIGURE])
    except ValueError:
        return 0.0
    return figure if abs(figure) < MOST else 0.0


DRIVER = Exaviz
