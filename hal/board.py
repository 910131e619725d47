"""A board is data: its board.toml names the devices, and this finds their drivers, builds them and runs their buses."""

import importlib
import inspect
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self

import msgspec

from hal.errors import BadBoard, BadRequest, Refused, UnknownDevice
from hal.kinds.device import Device, DeviceState, Inventory
from hal.kinds.fan import Point
from hal.kinds.verbs import Verb, checked, verbs_of
from hal.machine import Machine
from hal.worker import Worker

OPENING_S = 2.0
"""How long the start waits for devices to open; a slower one comes online later."""
DmiField = Literal["sys_vendor", "product_name", "product_version", "board_vendor", "board_name"]
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
UNKNOWN, WHERE = re.compile(r"unknown field `([^`]+)`"), re.compile(r"`\$[^`]*?\.(\w+)(?:\[[^`]*)?`")
"""What msgspec says of a field that it does not know, and where it stood that was wrong."""


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a board is recognised (`hal.detection`)."""

    dmi: dict[DmiField, str] = {}
    compatible: tuple[str, ...] = ()
    exists: tuple[str, ...] = ()


class BoardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a board.toml says."""

    id: str
    title: str
    probe: Probe = Probe()
    device: tuple[dict[str, Any], ...] = ()
    cooling: dict[str, tuple[Point, ...]] = {}


@dataclass(frozen=True)
class DeviceEntry:
    """One `[[device]]` of a board.toml: what every device has, and the options of its driver."""

    kind: str
    name: str
    driver: str
    bus: str
    options: dict[str, Any]
    added: bool = False
    """An owner added it to what the board's file says."""

    def build(self, machine: Machine) -> Device[Any]:
        """Make the device; no I/O yet."""
        return driver_of(self.kind, self.driver)(self.name, machine, **self.options)


def driver_of(kind: str, driver: str) -> Callable[..., Device[Any]]:
    """Find the class of a driver, or of the kind's simulator; raises `BadBoard`."""
    if not NAME.fullmatch(kind) or not NAME.fullmatch(driver):
        raise BadBoard(f"{kind} {driver} is not a name of a kind and a driver")
    module = f"hal.simulated.{kind}" if driver == "simulated" else f"hal.drivers.{kind}.{driver}"
    try:
        found = importlib.import_module(module).DRIVER
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise BadBoard(f"there is no driver {driver!r} of the kind {kind!r}") from None
    return found


def described(path: Path) -> BoardFile:
    """Read a board.toml, and look at none of its drivers; raises `BadBoard` with the file and what is wrong."""
    return _described(path)[0]


def _described(path: Path) -> tuple[BoardFile, str]:
    try:
        text = path.read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text), BoardFile), text
    except msgspec.ValidationError as error:
        line = _line_of(str(error), path.read_text(encoding="utf-8"))
        raise BadBoard(f"{path}:{line}: {error}" if line else f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadBoard(f"{path}: {error}") from error


def _line_of(words: str, text: str) -> int:
    """Find the line of what msgspec complains of, by its name there; 0 where it is what is missing."""
    if (found := UNKNOWN.search(words) or WHERE.search(words)) is None:
        return 0
    name = re.escape(found[1])
    stands = re.compile(rf'\s*(?:\[+[^\]]*\b{name}\b|"?{name}"?\s*[=.])')
    return next((number for number, line in enumerate(text.splitlines(), 1) if stands.match(line)), 0)


def read_board_file(path: Path) -> tuple[BoardFile, tuple[DeviceEntry, ...]]:
    """Read and check a board.toml; raises `BadBoard` with the file, the line and what is wrong there."""
    board, text = _described(path)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.split("#")[0].strip() == "[[device]]"]
    entries: dict[tuple[str, str], DeviceEntry] = {}
    for line, said in zip(lines, board.device, strict=True):
        try:
            entry = entry_of(said)
        except BadBoard as error:
            raise BadBoard(f"{path}:{line}: {error}") from None
        if (place := (entry.kind, entry.name)) in entries:
            raise BadBoard(f"{path}:{line}: {entry.kind} {entry.name} stands twice")
        entries[place] = entry
    return board, tuple(entries.values())


def entry_of(said: dict[str, Any]) -> DeviceEntry:
    """Check one `[[device]]` by the annotations of its driver; raises `BadBoard`."""
    options = dict(said)
    words: list[str] = []
    for key in ("kind", "name", "driver"):
        if not isinstance(word := options.pop(key, None), str) or not word:
            raise BadBoard(f"a device needs a {key}")
        words.append(word)
    kind, name, driver = words
    bus = options.get("bus", driver)
    if not isinstance(bus, str):
        raise BadBoard(f"{kind} {name}: bus must be a string")
    signature = inspect.signature(driver_of(kind, driver), eval_str=True)
    taken = list(signature.parameters.values())[2:]
    if "bus" not in signature.parameters:
        options.pop("bus", None)
    fields = [(p.name, p.annotation) if p.default is p.empty else (p.name, p.annotation, p.default) for p in taken]
    struct = msgspec.defstruct("Options", fields, forbid_unknown_fields=True, kw_only=True)
    try:
        checked_options = msgspec.structs.asdict(msgspec.convert(options, struct, strict=True))
    except msgspec.ValidationError as error:
        raise BadBoard(f"{kind} {name}: {error}") from None
    return DeviceEntry(kind, name, driver, bus, checked_options)


class Board:
    """All devices of one board, by kind and name, each bus with its worker."""

    def __init__(self, described: BoardFile, entries: tuple[DeviceEntry, ...], machine: Machine | None = None) -> None:
        self.id = described.id
        self.title = described.title
        self.cooling = described.cooling
        machine = self._machine = machine or Machine()
        self._begin: list[Callable[[Device[Any]], None]] = []
        self._runs = False
        self._entries = {(entry.kind, entry.name): entry for entry in entries}
        self._devices = {place: entry.build(machine) for place, entry in self._entries.items()}
        buses: dict[str, list[Device[Any]]] = {}
        for place, device in self._devices.items():
            buses.setdefault(self._entries[place].bus, []).append(device)
        self.workers = tuple(Worker(bus, devices, machine.monotonic_s) for bus, devices in buses.items())
        self._worker: dict[Device[Any], Worker] = {
            device: worker for worker in self.workers for device in worker.devices
        }

    @classmethod
    def read(cls, folder: Path, machine: Machine | None = None) -> Self:
        """Build the board that a folder describes; raises `BadBoard`."""
        return cls(*read_board_file(folder / "board.toml"), machine)

    def each(self, begin: Callable[[Device[Any]], None]) -> None:
        """Have every device begun with so: those that are there, and those that are added, before they are opened."""
        self._begin.append(begin)
        for device in self:
            begin(device)

    def add(self, entries: Sequence[DeviceEntry]) -> None:
        """Add devices, on buses that are not there yet, and open them where the board runs; raises `BadRequest`.

        One thread at a time adds and removes; what the board holds may be read meanwhile.
        """
        for entry in entries:
            if (entry.kind, entry.name) in self._entries:
                raise BadRequest(f"There is a {entry.kind} {entry.name} already")
        made = {(one.kind, one.name): one.build(self._machine) for one in entries}
        buses: dict[str, list[Device[Any]]] = {}
        for one in entries:
            buses.setdefault(one.bus, []).append(made[one.kind, one.name])
        workers = [Worker(bus, devices, self._machine.monotonic_s) for bus, devices in buses.items()]
        for begin in self._begin:
            for device in made.values():
                begin(device)
        self._entries = {**self._entries, **{(one.kind, one.name): one for one in entries}}
        self._worker = {**self._worker, **{device: worker for worker in workers for device in worker.devices}}
        self._devices = {**self._devices, **made}
        self.workers = (*self.workers, *workers)
        if self._runs:
            _start(workers)

    def remove(self, places: Sequence[tuple[str, str]]) -> None:
        """Close devices that were added, all of a bus together, and know them no more."""
        gone = [self._devices[place] for place in places]
        workers = list(dict.fromkeys(self._worker[device] for device in gone))
        self._devices = {place: one for place, one in self._devices.items() if place not in places}
        self._entries = {place: one for place, one in self._entries.items() if place not in places}
        self.workers = tuple(one for one in self.workers if one not in workers)
        for worker in workers:
            worker.stop()
        self._worker = {device: one for device, one in self._worker.items() if device not in gone}

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a device."""
        return (kind, name) in self._entries

    @property
    def entries(self) -> tuple[DeviceEntry, ...]:
        """What the devices are made of."""
        return tuple(self._entries.values())

    def __iter__(self) -> Iterator[Device[Any]]:
        return iter(self._devices.values())

    def device(self, kind: str, name: str) -> Device[Any]:
        """Find a device; raises `UnknownDevice`."""
        try:
            return self._devices[kind, name]
        except KeyError:
            raise UnknownDevice(f"This board has no {kind} {name}") from None

    def state(self, device: Device[Any]) -> DeviceState:
        """How a device is now: what it says itself, or that its bus hangs."""
        worker = self._worker.get(device)  # None: it was removed just now
        if worker is None or worker.hangs_s is None:
            return device.state
        return replace(device.state, online=False, reason=worker.words)

    def hangs(self, device: Device[Any]) -> bool:
        """Whether the device's bus hangs."""
        worker = self._worker.get(device)
        return worker is not None and worker.hangs_s is not None

    def inventory(self, device: Device[Any]) -> Inventory:
        """What a device is."""
        entry = self._entries[device.kind, device.name]
        simulated = entry.driver == "simulated"
        about = (device.unproven, simulated, device.model, device.serial, device.revision)
        logs_in = "set_login" in verbs_of(type(device))
        return Inventory(entry.kind, entry.name, entry.driver, entry.bus, *about, logs_in, entry.added)

    def verb(self, kind: str, name: str, verb: str) -> Verb:
        """Find what can be asked of a device; raises `UnknownDevice`, `BadRequest`."""
        device = self.device(kind, name)
        if (found := verbs_of(type(device)).get(verb)) is None:
            raise BadRequest(f"{kind} {name} cannot be asked to {verb}")
        return found

    def ask(self, kind: str, name: str, verb: str, arguments: object, *, by_hand: bool = False) -> Future[Any]:
        """Ask a device in its worker; a gesture only by hand. Raises what `verb` and the arguments' check raise."""
        device = self.device(kind, name)
        found = self.verb(kind, name, verb)
        if found.gesture is not by_hand:
            raise Refused(f"{kind} {name}: {verb} is {'a gesture' if found.gesture else 'no gesture'}")
        taken = checked(found, arguments)
        return self._worker[device].ask(lambda: getattr(device, verb)(**taken), found.patience_s)

    def __enter__(self) -> Self:
        self._runs = True
        _start(self.workers)
        return self

    def __exit__(self, *_exc: object) -> None:
        for worker in self.workers:
            worker.stop()


def _start(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.opened.wait(OPENING_S)
