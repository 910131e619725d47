"""What an owner added to what the board's file says: bays where no file knows any, switches, and alarm boxes.

It is kept as tables of a board.toml, checked as those are, and never holds a password.
"""

import logging
from dataclasses import replace
from threading import Lock
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hal.board import Board, DeviceEntry, entry_of
from hal.box import Box, free_lines
from hal.box import survey as survey_box
from hal.buses.snmp import Login
from hal.drivers.poe_supply.snmp_switch import MOST_PORTS
from hal.errors import BadBoard, BadRequest, Refused
from hal.kernel.connector import places
from hal.kinds.bay import Connector
from hal.machine import Machine
from hal.memory import Memory
from hal.names import Host, Name, Port
from hal.passwords import Passwords
from hal.poe.switches import SwitchGroup, survey
from hal.simulated.rack import rack_of

MOST = 32
"""What is added: as many bays as a recorder has, and more switches and boxes than a house has."""
SIMULATED = "simulated-sata-"
SIMULATED_PORTS = tuple(str(number) for number in range(1, 9))
"""Ports of the simulated rack."""
BAY, DISK, SUPPLY, BOX = "bay", "disk", "poe_supply", "box"
log = logging.getLogger("hal")


class Kept(msgspec.Struct):
    """Tables as those of a board.toml."""

    device: tuple[dict[str, Any], ...] = ()


class NewSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A switch: where it is, how it is logged in at, and what of it feeds cameras."""

    name: Name
    host: Host
    login: Login
    udp_port: Port = 161
    ports: Annotated[tuple[Port, ...], Meta(max_length=MOST_PORTS)] = ()
    """Empty: all of its group."""
    group: Annotated[int, Meta(ge=1, le=255)] | None = None
    """None: the first that it has."""
    watts: Annotated[float, Meta(gt=0, le=10000)] | None = None
    """What it can give; None: as it says itself."""


class Additions:
    """Those of one board. Any thread may ask; one thing is done at a time."""

    def __init__(self, board: Board, machine: Machine) -> None:
        self._board = board
        self._machine = machine
        self._memory = Memory(machine.keep, "additions", board.id)
        self._kept: tuple[dict[str, Any], ...] = ()
        self._lock = Lock()

    def recall(self) -> None:
        """Add what was kept. What does not fit the board any more is told in the log, and kept."""
        kept = self._memory.recall(Kept, Kept()).device
        self._kept = tuple(
            one for one in kept if all(isinstance(one.get(key), str) for key in ("kind", "name", "driver"))
        )
        for said in self._kept:
            try:
                self._board.add(_entries(said))
            except (BadBoard, BadRequest) as error:
                log.warning("what was added to the board is left out: %s", error)

    # --- bays ---

    def connectors(self) -> tuple[Connector, ...]:
        """List the places for disks, with the bays that they are."""
        bays = [one for one in self._board.entries if one.kind == BAY]
        if any(one.driver == "simulated" for one in bays):
            return tuple(self._simulated(bays))
        named = {one.options["path"]: one.name for one in bays}
        found: list[Connector] = []
        for place in places(self._machine):
            bay = next((named[path] for path in place.paths & named.keys()), "")
            one = Connector(place.path, bay)
            if (disk := place.disk) is not None:
                about = (disk.name, disk.model, disk.serial, disk.size_bytes, disk.system)
                one = Connector(place.path, bay, *about)
            found.append(one)
        return tuple(found)

    def _simulated(self, bays: list[DeviceEntry]) -> list[Connector]:
        named = {one.options["port"] or one.name: one.name for one in bays}
        now = rack_of(self._machine.world).look()
        drives = {port: now.in_bay(port) for port in SIMULATED_PORTS}
        return [
            Connector(f"{SIMULATED}{port}", named.get(port, ""))
            if drive is None
            else Connector(
                f"{SIMULATED}{port}",
                named.get(port, ""),
                f"sim{port}",
                drive.model,
                drive.serial,
                drive.capacity_bytes,
            )
            for port, drive in drives.items()
        ]

    def add_bay(self, name: str, path: str) -> None:
        """Say that a place is a bay; raises `BadRequest`, `Refused`."""
        with self._lock:
            found = next((one for one in self.connectors() if one.path == path), None)
            if found is None:
                raise BadRequest(f"There is no place {path[:64]!r} for a disk")
            if found.bay:
                raise Refused(f"This place is bay {found.bay} already")
            said = {"kind": BAY, "name": name, "driver": "connector", "path": path}
            if path.startswith(SIMULATED):
                said = {"kind": BAY, "name": name, "driver": "simulated", "port": path.removeprefix(SIMULATED)}
            self._add(said)

    # --- switches ---

    def add_switch(self, new: NewSwitch) -> None:
        """Drive the ports of a switch, which must answer now; raises `Offline`, `BadRequest`, `Refused`."""
        with self._lock:
            self._require_free(SUPPLY, new.name)
            group = _group(survey(new.host, new.udp_port, new.login), new)
            watts = new.watts or float(group.watts)
            if not watts:
                raise Refused(f"{new.host} does not tell how many watts it can give; say how many")
            said = {
                "kind": SUPPLY,
                "name": new.name,
                "driver": "snmp_switch",
                "host": new.host,
                "udp_port": new.udp_port,
                "ports": list(new.ports or group.ports[:MOST_PORTS]),
                "group": group.group,
                "budget": {"watts": watts},
            }
            self._entries_of(said)
            Passwords(self._machine.keep, SUPPLY, new.name).keep(msgspec.structs.asdict(new.login))
            self._add(said)

    # --- alarm boxes ---

    def add_box(self, box: Box) -> None:
        """Have the inputs and relays of a box, which must answer now; raises `Offline`, `BadRequest`, `Refused`."""
        with self._lock:
            self._require_free(BOX, box.name)
            if any(one.bus == box.bus for one in self._board.entries):
                number = f" with the number {box.unit}" if box.line else ""
                raise Refused(f"There is a box{number} at {box.place} already; its connection is not shared")
            if box.line:
                self._require_line(box)
            survey_box(self._machine, box)
            self._add({"kind": BOX, "driver": "modbus", **msgspec.structs.asdict(box)})

    def _require_line(self, box: Box) -> None:
        """Raise `Refused` where a serial line is not there, is used for something else, or is set otherwise."""
        others = [one for one in map(_box_or_none, self._kept) if one is not None and one.line == box.line]
        if others:
            if others[0].place != box.place:
                set_so = f"{others[0].baud} baud, parity {others[0].parity}, {others[0].stop_bits} stop bits"
                raise Refused(f"The boxes at {box.line} are all set alike: {set_so}")
            return
        free = free_lines(self._machine, {line for one in self._board.entries for line in _lines(one.options)})
        if box.line not in free:
            there = f"free are {', '.join(free)}" if free else "no serial line is free"
            raise Refused(f"{box.line} is not there, or something of this recorder uses it; {there}")

    # --- all ---

    def remove(self, kind: str, name: str) -> None:
        """Know a device no more that was added; raises `BadRequest`, `Refused`."""
        with self._lock:
            said = next((one for one in self._kept if (one["kind"], one["name"]) == (kind, name)), None)
            if said is None:
                raise Refused(f"{kind} {name} was not added by an owner, so it is not removed")
            gone = [(one.kind, one.name) for one in _entries(said)]
            self._board.remove([place for place in gone if self._board.has(*place)])
            self._keep(tuple(one for one in self._kept if one is not said))
            for place in gone:
                Memory(self._machine.keep, *place).forget()
            Passwords(self._machine.keep, kind, name).forget()

    def _require_free(self, kind: str, name: str) -> None:
        if self._board.has(kind, name) or any((one["kind"], one["name"]) == (kind, name) for one in self._kept):
            raise Refused(f"There is a {kind} {name} already; choose another name")

    def _entries_of(self, said: dict[str, Any]) -> list[DeviceEntry]:
        """Check a table before anything is kept of it."""
        try:
            return _entries(said)
        except BadBoard as error:
            raise BadRequest(str(error)) from None

    def _add(self, said: dict[str, Any]) -> None:
        entries = self._entries_of(said)
        for one in entries:
            self._require_free(one.kind, one.name)
        if len(self._kept) >= MOST:
            raise Refused(f"{MOST} bays, switches and boxes were added already; remove one first")
        self._board.add(entries)
        self._keep((*self._kept, said))

    def _keep(self, kept: tuple[dict[str, Any], ...]) -> None:
        self._kept = kept
        self._memory.keep(Kept(kept))


def _entries(said: dict[str, Any]) -> list[DeviceEntry]:
    """Give the devices of a table: of a bay, the drive in it too, of a box all that it has. Raises `BadBoard`."""
    if said.get("kind") == BOX:
        box = _box(said)
        return [replace(entry_of(one), bus=box.bus, added=True) for one in box.tables()]
    tables = [said]
    if said.get("kind") == BAY:
        tables.append({**said, "kind": DISK, "driver": {"connector": "smart"}.get(said["driver"], said["driver"])})
    return [replace(one, bus=f"{one.kind} {one.name}", added=True) for one in map(entry_of, tables)]


def _box(said: dict[str, Any]) -> Box:
    try:
        return msgspec.convert({name: value for name, value in said.items() if name not in {"kind", "driver"}}, Box)
    except msgspec.ValidationError as error:
        raise BadBoard(f"box: {error}") from None


def _box_or_none(said: dict[str, Any]) -> Box | None:
    try:
        return _box(said) if said.get("kind") == BOX else None
    except BadBoard:
        return None


def _lines(options: dict[str, Any]) -> list[str]:
    """Name the serial lines that the options of a device speak of."""
    return [one for one in (options.get("port"), getattr(options.get("box"), "serial", "")) if isinstance(one, str)]


def _group(groups: tuple[SwitchGroup, ...], new: NewSwitch) -> SwitchGroup:
    """Choose the group of ports that is meant; raises `Refused` where it lacks one of those that were named."""
    found = next((one for one in groups if new.group in {None, one.group}), None)
    if found is None:
        raise Refused(
            f"{new.host} has no group {new.group} of ports, but {', '.join(str(one.group) for one in groups)}"
        )
    if missing := set(new.ports) - set(found.ports):
        there = f"{found.ports[0]} to {found.ports[-1]}"
        raise Refused(f"{new.host} has no port {min(missing)} that gives power; it has {len(found.ports)}, {there}")
    return found
