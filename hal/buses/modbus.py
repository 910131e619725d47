"""Alarm boxes by Modbus, on a serial line or by TCP: one connection for all devices of a box and all boxes of a line.

Inputs are discrete inputs (function 2), relays are coils (1 and 5). What several devices want to know at the same time
is read in one question.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, cast

from hal.errors import BadAnswer, Offline

if TYPE_CHECKING:
    from collections.abc import Callable

    from hal.machine import Machine

ANSWER_S = 0.4
"""How long a box may take to answer; small ones take 20 to 100 ms."""
LEFT_ALONE_S = 5.0
"""How long a box that failed is refused at once, so that ten devices of a dead box do not wait one after another."""
FRESH_S = 0.02
"""What was read in this time counts as now: the devices of a box are looked at one after another."""
MOST_AT_ONCE = 512
"""Inputs or coils of one question; Modbus allows 2000, alarm boxes have 8 to 64."""

EXCEPTIONS = {
    1: "it does not know this function",
    2: "it has no such input or relay",
    3: "it does not take this value",
    4: "it failed",
    5: "it is still at work",
    6: "it is busy",
    10: "its gateway has no way there",
    11: "its gateway got no answer",
}
NONSENSE = (ValueError, LookupError, TypeError, AttributeError, struct.error)
"""What the library's parsers let through of answers that are none."""
Table = Literal["inputs", "coils"]


@dataclass(frozen=True)
class ModbusPlace:
    """Where boxes are: `host` and `port` for TCP, or `serial`, a name below /dev, and how that line is set."""

    host: str = ""
    port: int = 502
    serial: str = ""
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    rs485: bool = False

    def __str__(self) -> str:
        return self.serial or f"{self.host}:{self.port}"


class ModbusLine:
    """The connection. Devices `take` it in `open` and `leave` it in `close`; the last one hangs up.

    Boxes of one serial line may be asked from several threads; each then waits for the others.
    """

    def __init__(self, machine: Machine, place: ModbusPlace) -> None:
        self._machine = machine
        self._place = place
        self._client: Any = None
        self._users = 0
        self._lock = RLock()
        self._failed_s: dict[int, float] = {}
        """By box, and by 0 for all: it could not be connected to."""
        self._wanted: dict[tuple[int, Table], set[int]] = {}
        self._read: dict[tuple[int, Table], tuple[float, dict[int, bool]]] = {}

    def take(self, unit: int, table: Table, address: int) -> None:
        """Say that this will be asked for again and again."""
        with self._lock:
            self._users += 1
            self._wanted.setdefault((unit, table), set()).add(address)

    def leave(self, unit: int, table: Table, address: int) -> None:
        """Ask for it no more."""
        with self._lock:
            self._users -= 1
            self._wanted.get((unit, table), set[int]()).discard(address)
            if self._users <= 0:
                self._hang_up()

    def value(self, unit: int, table: Table, address: int) -> bool:
        """Give an input or a coil as it is now; raises `Offline`, `BadAnswer`."""
        with self._lock:
            now_s = self._machine.monotonic_s()
            read_s, known = self._read.get((unit, table), (float("-inf"), {}))
            if address not in known or now_s - read_s > FRESH_S:
                known = self._ask(unit, table, address)
                self._read[unit, table] = (self._machine.monotonic_s(), known)
            return known[address]

    def switch(self, unit: int, address: int, *, closed: bool) -> None:
        """Set a coil; raises `Offline`."""
        with self._lock:
            self._read.pop((unit, "coils"), None)
            self._done(unit, lambda client: client.write_coil(address, closed, device_id=unit))

    def _ask(self, unit: int, table: Table, address: int) -> dict[int, bool]:
        wanted = self._wanted.get((unit, table), set[int]()) | {address}
        first, last = min(wanted), max(wanted)
        if last - first >= MOST_AT_ONCE:
            first = last = address
        count = last - first + 1
        read = "read_discrete_inputs" if table == "inputs" else "read_coils"
        answer = self._done(unit, lambda client: getattr(client, read)(first, count=count, device_id=unit))
        bits = cast("list[bool]", answer.bits)
        if len(bits) < count:
            raise BadAnswer(f"{self._place}: box {unit} told too few {table}", bytes(bits))
        return {first + number: bit for number, bit in enumerate(bits[:count])}

    def _done(self, unit: int, question: Callable[[Any], Any]) -> Any:
        from pymodbus.exceptions import ModbusException

        try:
            answer = question(self._connected(unit))
        except (ModbusException, OSError) as error:
            self._fail(unit)
            raise Offline(f"{self._place}: box {unit} does not answer") from error
        except NONSENSE as error:
            self._fail(unit)
            raise Offline(f"{self._place}: box {unit} answers nonsense") from error
        if answer.isError():
            code = int(getattr(answer, "exception_code", 0))
            raise Offline(f"{self._place}: box {unit}: {EXCEPTIONS.get(code, f'it refused with code {code}')}")
        return answer

    def _connected(self, unit: int) -> Any:
        failed_s = max((self._failed_s[one] for one in (0, unit) if one in self._failed_s), default=float("-inf"))
        if self._machine.monotonic_s() < failed_s + LEFT_ALONE_S:
            raise Offline(f"{self._place} did not answer a moment ago")
        if self._client is None:
            client = self._new_client()
            if not client.connect():
                self._failed_s[0] = self._machine.monotonic_s()
                raise Offline(f"{self._place} cannot be reached")
            if self._place.rs485:
                from serial.rs485 import RS485Settings

                client.socket.rs485_mode = RS485Settings()
            self._client = client
        return self._client

    def _new_client(self) -> Any:
        place = self._place
        if place.serial:
            from hal.buses.modbus_serial import SerialClient

            return SerialClient(
                str(self._machine.dev / place.serial),
                baudrate=place.baud,
                parity=place.parity,
                stopbits=place.stop_bits,
                timeout=ANSWER_S,
                retries=0,
            )
        from pymodbus.client import ModbusTcpClient

        return ModbusTcpClient(place.host, port=place.port, timeout=ANSWER_S, retries=0)

    def _fail(self, unit: int) -> None:
        """Leave a box alone for a while; what it may still answer must not be taken for another's."""
        self._failed_s[unit] = self._machine.monotonic_s()
        self._hang_up()

    def _hang_up(self) -> None:
        self._read.clear()
        if self._client is not None:
            self._client.close()
            self._client = None


def modbus_line(machine: Machine, place: ModbusPlace) -> ModbusLine:
    """Give the one connection of this machine to a place."""
    line = machine.world.setdefault(f"modbus {place!r}", ModbusLine(machine, place))
    return cast("ModbusLine", line)
