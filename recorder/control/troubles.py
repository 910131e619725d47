"""What is wrong with the machine underneath, in words an owner can act on: one sentence for each thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hal.client import DeviceState
from hal.client.kinds import (
    AlarmInputState,
    ArrayHealth,
    ArrayState,
    Battery,
    ClockState,
    FanState,
    FirmwareSlotState,
    Heat,
    InputFault,
    NetworkInterfaceState,
    PoeSupplyState,
    PowerSource,
    SupplyState,
    TemperatureState,
)
from recorder.client.words import _
from recorder.control.poe_words import FAULTS, port_name


@dataclass(frozen=True)
class Found:
    """One thing that is wrong: at which part of the device (a port, an array), which fault, and the words for it."""

    part: str
    fault: str
    words: str


NAMES: Mapping[str, str] = {
    "alarm_input": _("Alarm input {name}"),
    "array": _("The array service"),
    "clock": _("The clock {name}"),
    "fan": _("Fan {name}"),
    "poe_supply": _("PoE supply {name}"),
    "ptz_bus": _("PTZ line {name}"),
    "relay": _("Output {name}"),
    "supply": _("Power supply {name}"),
    "temperature": _("Temperature sensor {name}"),
}
"""The kinds whose silence an owner is told of: not an empty bay's disk, a free serial port or a dark screen."""
OFFLINE = "offline"
UNPLUGGED = "unplugged"

_ARRAYS: Mapping[ArrayHealth, str] = {
    ArrayHealth.DEGRADED: _("Array {name}: a disk is missing. The recordings are whole; replace the disk soon."),
    ArrayHealth.REBUILDING: _("Array {name} is being rebuilt. Pull no disk until it is done."),
    ArrayHealth.FAILED: _("Array {name} has failed: too many of its disks are missing. Put them back."),
}


def troubles_of(state: DeviceState) -> tuple[Found, ...]:
    """What is wrong with a device; empty while all is well."""
    if not state.online:
        name = NAMES.get(state.kind)
        if name is None:
            return ()
        words = _("{what} does not work: {reason}.")
        return (Found("", OFFLINE, words.format(what=name.format(name=state.name), reason=state.reason.rstrip("."))),)
    told = _TOLD.get(type(state))
    return told(state) if told else ()


def unplugged(name: str) -> Found:
    """Say that an interface has lost its network: no state of its own tells that it had one."""
    words = _("{name} has lost its network. Look at its cable, and at the switch at its other end.")
    return Found("", UNPLUGGED, words.format(name=name))


def _ports(state: PoeSupplyState) -> tuple[Found, ...]:
    return tuple(
        Found(str(port.port), fault, f"{port_name(port)}: {FAULTS[fault]}")
        for port in state.ports
        for fault in sorted(port.faults)
    )


def _fan(state: FanState) -> tuple[Found, ...]:
    words = _("Fan {name} does not turn. Look for what blocks it, or replace it; the others run at full speed.")
    return (Found("", "stalled", words.format(name=state.name)),) if state.stalled else ()


def _temperature(state: TemperatureState) -> tuple[Found, ...]:
    if state.heat is Heat.NORMAL:
        return ()
    words = _("{name} is hot: {celsius:.0f} °C. Give the recorder air, and clean its fans.")
    if state.heat is Heat.CRITICAL:
        words = _("{name} is dangerously hot: {celsius:.0f} °C. Switch the recorder off if it does not cool down.")
    return (Found("", state.heat, words.format(name=state.name, celsius=state.celsius)),)


def _supply(state: SupplyState) -> tuple[Found, ...]:
    found: list[Found] = []
    if state.source is PowerSource.BATTERY:
        words = _("{name}: the mains power is gone, the recorder runs on its battery.").format(name=state.name)
        if state.runtime_s is not None:
            words += " " + _("It lasts {minutes} min.").format(minutes=int(state.runtime_s // 60))
        found.append(Found("", "battery", words))
    if state.source is PowerSource.NOTHING:
        words = _("Power supply {name} gives no power. Check its cable and its plug, or replace it.")
        found.append(Found("", "nothing", words.format(name=state.name)))
    if state.low_battery:
        words = _("{name}: the battery is nearly empty. The recorder soon switches off.")
        found.append(Found("", "low_battery", words.format(name=state.name)))
    if state.replace_battery:
        found.append(Found("", "replace_battery", _("{name}: replace the battery.").format(name=state.name)))
    return tuple(found)


def _array(state: ArrayState) -> tuple[Found, ...]:
    return tuple(
        Found(one.name, one.health, _ARRAYS[one.health].format(name=one.title or one.name))
        for one in state.sets
        if one.health in _ARRAYS
    )


def _input(state: AlarmInputState) -> tuple[Found, ...]:
    words = _("Alarm input {name} has been active for very long. Check its contact and its cable.")
    return tuple(Found("", fault, words.format(name=state.name)) for fault in state.faults if fault is InputFault.STUCK)


def _clock(state: ClockState) -> tuple[Found, ...]:
    words = _("The battery of the recorder's clock is low. Replace it, or the time is lost with the power.")
    return (Found("", "battery", words),) if state.battery in {Battery.LOW, Battery.EMPTY} else ()


def _interface(state: NetworkInterfaceState) -> tuple[Found, ...]:
    words = _("{name}: another device ({mac}) has the recorder's address. Change the address of one of them.")
    conflict = state.conflict_mac
    return (Found("", "conflict", words.format(name=state.name, mac=conflict)),) if conflict else ()


def _slot(state: FirmwareSlotState) -> tuple[Found, ...]:
    words = _(
        "Nightjar is installed on a second disk too: {disks}. Which of them the recorder starts from next is chance."
        " Take it out, or make it ready for recording."
    )
    return (Found("", "rivals", words.format(disks=", ".join(state.rivals))),) if state.rivals else ()


_TOLD: Mapping[type[DeviceState], Callable[[Any], tuple[Found, ...]]] = {
    AlarmInputState: _input,
    ArrayState: _array,
    ClockState: _clock,
    FanState: _fan,
    FirmwareSlotState: _slot,
    NetworkInterfaceState: _interface,
    PoeSupplyState: _ports,
    SupplyState: _supply,
    TemperatureState: _temperature,
}
