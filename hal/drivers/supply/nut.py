"""A UPS behind Network UPS Tools: the text protocol of its server (RFC 9271)."""

import re
import socket
from typing import Annotated

import msgspec

from hal.errors import BadAnswer, Offline
from hal.kinds.supply import PowerSource, Supply
from hal.machine import Machine

PATIENCE_S = 2.0
LONGEST_ANSWER = 32768
VARIABLE = re.compile(r'VAR \S+ ([a-z0-9.]+) "((?:[^"\\]|\\.)*)"')
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
STALE = {"DATA-STALE": "its driver lost the UPS", "DRIVER-NOT-CONNECTED": "its driver does not run"}


class NutSupply(Supply):
    """A UPS that upsd knows as `ups`. Every look is one connection, which upsd takes hundreds of a second."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        ups: str,
        host: str = "127.0.0.1",
        port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 3493,
    ) -> None:
        super().__init__(name)
        del machine
        self._ups, self._address = ups, (host, port)

    def open(self) -> None:
        """Ask the server once."""
        if not NAME.fullmatch(self._ups):
            raise Offline(f"{self._ups!r} is not a name of a UPS")
        variables = self._ask()
        self.model = variables.get("ups.model", variables.get("device.model", ""))[:64]
        self.serial = variables.get("ups.serial", variables.get("device.serial", ""))[:64]
        self.come_online(**self._look(variables))

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Ask the server."""
        self.change(**self._look(self._ask()))

    def _ask(self) -> dict[str, str]:
        answer = b""
        try:
            with socket.create_connection(self._address, PATIENCE_S) as connection:
                connection.sendall(f"LIST VAR {self._ups}\nLOGOUT\n".encode())
                while part := connection.recv(4096):
                    answer += part
                    if len(answer) > LONGEST_ANSWER:
                        raise BadAnswer("upsd does not come to an end", answer)
        except OSError as error:
            raise Offline(f"the UPS server does not answer: {error}") from None
        return self.read(answer)

    def read(self, answer: bytes) -> dict[str, str]:
        """Give the variables of an answer; raises `Offline` with what the server says, `BadAnswer`."""
        text = answer.decode(errors="replace")
        if text.startswith("ERR "):
            code = text.split()[1]
            raise Offline(STALE.get(code, f"the UPS server says {code}"))
        if f"END LIST VAR {self._ups}" not in text:
            raise BadAnswer("upsd spoke otherwise", answer)
        return {name: value.replace('\\"', '"').replace("\\\\", "\\") for name, value in VARIABLE.findall(text)}

    def _look(self, variables: dict[str, str]) -> dict[str, object]:
        if not (status := set(variables.get("ups.status", "").split())):
            raise Offline("the UPS does not tell its status")
        return {
            "source": _source(status),
            "low_battery": "LB" in status,
            "replace_battery": "RB" in status,
            "charge_percent": _figure(variables.get("battery.charge")),
            "runtime_s": _figure(variables.get("battery.runtime")),
            "load_percent": _figure(variables.get("ups.load")),
        }


def _source(status: set[str]) -> PowerSource:
    if "OFF" in status:
        return PowerSource.NOTHING
    return PowerSource.BATTERY if "OB" in status else PowerSource.MAINS


def _figure(told: str | None) -> float | None:
    try:
        figure = float(told) if told else None
    except ValueError:
        return None
    return figure if figure is not None and 0 <= figure < 1e7 else None  # also not NaN


DRIVER = NutSupply
