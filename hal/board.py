"""A board is data: its board.toml names the devices, and this builds and owns them."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from hal.errors import BadBoard, UnknownDevice
from hal.kinds.device import Device
from hal.simulated.alarm_input import SimulatedAlarmInput
from hal.simulated.relay import SimulatedRelay

DRIVERS: dict[tuple[str, str], Callable[[str], Device[Any]]] = {
    ("relay", "simulated"): SimulatedRelay,
    ("alarm_input", "simulated"): SimulatedAlarmInput,
}


@dataclass(frozen=True)
class DeviceEntry:
    """One `[[device]]` of a board.toml."""

    kind: str
    name: str
    driver: str


class BoardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a board.toml says."""

    id: str
    title: str
    device: tuple[DeviceEntry, ...] = ()


def read_board_file(path: Path) -> BoardFile:
    """Read and check a board.toml; raises `BadBoard` with the file and the place."""
    try:
        board = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), BoardFile)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadBoard(f"{path}: {error}") from error
    seen: set[tuple[str, str]] = set()
    for entry in board.device:
        if (entry.kind, entry.driver) not in DRIVERS:
            raise BadBoard(f"{path}: {entry.kind} {entry.name}: there is no driver {entry.driver!r} of this kind")
        if (entry.kind, entry.name) in seen:
            raise BadBoard(f"{path}: {entry.kind} {entry.name} stands twice")
        seen.add((entry.kind, entry.name))
    return board


class Board:
    """All devices of one board, by kind and name."""

    def __init__(self, described: BoardFile) -> None:
        self.id = described.id
        self.title = described.title
        self._devices = {
            (entry.kind, entry.name): DRIVERS[entry.kind, entry.driver](entry.name) for entry in described.device
        }

    def __iter__(self) -> Iterator[Device[Any]]:
        return iter(self._devices.values())

    def device(self, kind: str, name: str) -> Device[Any]:
        """Find a device; raises `UnknownDevice`."""
        try:
            return self._devices[kind, name]
        except KeyError:
            raise UnknownDevice(f"This board has no {kind} {name}") from None

    def __enter__(self) -> Self:
        for device in self:
            device.open()
        return self

    def __exit__(self, *_exc: object) -> None:
        for device in self:
            device.close()
