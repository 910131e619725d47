"""What the machine is made of and how it is, in words: groups of lines for one glance, on screen and in a browser."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hal.client import DeviceState, Inventory
from hal.client.kinds import (
    Battery,
    ClockState,
    DisplayState,
    FanState,
    FirmwareSlotState,
    Heat,
    NetworkInterfaceState,
    PoeSupplyState,
    PortState,
    PowerSource,
    SupplyState,
    SwitchPortState,
    TemperatureState,
    WatchdogState,
)
from recorder.client.answers import HardwareGroup as Group
from recorder.client.answers import HardwareLine as Line
from recorder.client.tone import Tone
from recorder.client.words import _
from recorder.control.poe_words import port_name, port_words

State = TypeVar("State", bound=DeviceState)
ROOM_CELSIUS = 20.0
"""Where the bar of a temperature begins."""


def groups(states: Sequence[DeviceState], inventory: Sequence[Inventory] = ()) -> list[Group]:
    """Give the groups that the board has devices for."""
    ports = [one for one in states if isinstance(one, SwitchPortState)]
    linked = any(one.link for one in states if isinstance(one, NetworkInterfaceState))
    network = _lines(states, NetworkInterfaceState, lambda one: _interface(one, any_linked=linked))
    if ports:
        network.append(_ports(ports))
    power = [*_lines(states, SupplyState, _supply), *_lines(states, PoeSupplyState, _poe)]
    for supply in states:
        if isinstance(supply, PoeSupplyState) and supply.online:
            power += _poe_faults(supply)
    others = [
        *_lines(states, ClockState, _clock),
        *_lines(states, WatchdogState, _watchdog),
        *_lines(states, DisplayState, _display),
        *_lines(states, FirmwareSlotState, _slot),
    ]
    heat = [*_lines(states, TemperatureState, _temperature), *_lines(states, FanState, _fan)]
    found = (
        Group("heat", _("Temperatures and fans"), "heat", tuple(heat)),
        Group("power", _("Power"), "power", tuple(power), "poe" if _has(states, PoeSupplyState) else ""),
        Group("network", _("Network"), "network", tuple(network), "network-test"),
        Group("others", _("Clock, monitor, firmware"), "clock", tuple(others)),
        Group("unproven", _("Never tried with the real thing"), "warning", _unproven(inventory)),
    )
    return [one for one in found if one.lines]


def _unproven(inventory: Sequence[Inventory]) -> tuple[Line, ...]:
    """Name the drivers of this machine that were never seen on their chips, once each."""
    why = {f"{one.model or one.driver}": one.unproven for one in inventory if one.unproven}
    return tuple(Line(chip, words, Tone.WARNING) for chip, words in sorted(why.items()))


def _has(states: Sequence[DeviceState], kind: type[DeviceState]) -> bool:
    return any(isinstance(one, kind) for one in states)


def _lines(states: Sequence[DeviceState], kind: type[State], say: Callable[[State], Line]) -> list[Line]:
    return [say(one) if one.online else _away(one) for one in states if isinstance(one, kind)]


def _away(one: DeviceState) -> Line:
    return Line(one.name, _("Does not work: {reason}").format(reason=one.reason), Tone.BAD)


def _temperature(one: TemperatureState) -> Line:
    words = _("{degrees:.0f} °C").format(degrees=one.celsius)
    share = (one.celsius - ROOM_CELSIUS) / max(1.0, one.critical_celsius - ROOM_CELSIUS)
    match one.heat:
        case Heat.NORMAL:
            return Line(one.name, words, Tone.PLAIN, share)
        case Heat.HIGH:
            return Line(one.name, words + ", " + _("hot: give it air"), Tone.WARNING, share)
        case Heat.CRITICAL:
            return Line(one.name, words + ", " + _("far too hot: switch off and look at the fans"), Tone.BAD, share)


def _fan(one: FanState) -> Line:
    if one.stalled:
        return Line(one.name, _("Stands still: replace it"), Tone.BAD, 0.0)
    words = _("{speed} turns a minute").format(speed=one.rpm) if one.rpm else _("Rests")
    return Line(one.name, words, Tone.PLAIN, one.duty_percent / 100)


def _supply(one: SupplyState) -> Line:
    parts: list[str] = []
    tone = Tone.PLAIN
    match one.source:
        case PowerSource.MAINS:
            parts.append(_("Gives power"))
        case PowerSource.BATTERY:
            parts.append(_("The mains failed: on battery"))
            tone = Tone.WARNING
        case PowerSource.NOTHING:
            parts.append(_("Gives no power"))
            tone = Tone.BAD
    if one.charge_percent is not None:
        parts.append(_("battery {percent:.0f} %").format(percent=one.charge_percent))
    if one.runtime_s is not None:
        parts.append(_("lasts {minutes:.0f} min").format(minutes=one.runtime_s / 60))
    if one.replace_battery:
        parts.append(_("replace its battery"))
        tone = Tone.WARNING
    if one.low_battery:
        parts.append(_("nearly empty"))
        tone = Tone.BAD
    share = one.charge_percent / 100 if one.charge_percent is not None else None
    return Line(one.name, ", ".join(parts), tone, share)


def _poe(one: PoeSupplyState) -> Line:
    fed = sum(port.state is PortState.DELIVERING for port in one.ports)
    words = _("{used:.0f} of {budget:.0f} W, {count} of {all} ports in use").format(
        used=one.used_watts, budget=one.budget_watts, count=fed, all=len(one.ports)
    )
    return Line(_("PoE"), words, Tone.PLAIN, one.used_watts / one.budget_watts if one.budget_watts > 0 else None)


def _poe_faults(supply: PoeSupplyState) -> list[Line]:
    wrong = [port for port in supply.ports if port.faults]
    return [Line(port_name(port), port_words(port)[0].rstrip("."), Tone.BAD) for port in wrong]


def speed(mbit_s: int) -> str:
    """Give "1 Gbit/s", "100 Mbit/s"."""
    return _("{speed:g} Gbit/s").format(speed=mbit_s / 1000) if mbit_s >= 1000 else f"{mbit_s} Mbit/s"


def _interface(one: NetworkInterfaceState, *, any_linked: bool) -> Line:
    if not one.link:
        # A second socket that nobody uses is no trouble.
        words = _("No cable, or nothing at its other end")
        return Line(one.name, words, Tone.QUIET if any_linked else Tone.BAD)
    parts = [speed(one.speed_mbit_s)] if one.speed_mbit_s else [_("Connected")]
    parts += [", ".join(one.addresses) or _("no address")]
    if one.received_bytes_s or one.sent_bytes_s:
        rates = [8 * rate / 1e6 for rate in (one.received_bytes_s, one.sent_bytes_s)]
        parts.append(_("in {received:.1f}, out {sent:.1f} Mbit/s").format(received=rates[0], sent=rates[1]))
    if one.conflict_mac:
        parts.append(_("another device has the same address ({mac})").format(mac=one.conflict_mac))
        return Line(one.name, " · ".join(parts), Tone.BAD)
    return Line(one.name, " · ".join(parts), Tone.PLAIN if one.addresses else Tone.WARNING)


def _ports(ports: Sequence[SwitchPortState]) -> Line:
    away = [one.name for one in ports if not one.online]
    if away:
        return Line(_("Camera ports"), _("Do not work: {names}").format(names=", ".join(away)), Tone.BAD)
    linked = [str(one.number) for one in ports if one.link]
    if not linked:
        return Line(_("Camera ports"), _("Nothing is plugged in"), Tone.QUIET)
    words = _("{count} of {all} connected: {names}")
    return Line(_("Camera ports"), words.format(count=len(linked), all=len(ports), names=", ".join(linked)))


def _clock(one: ClockState) -> Line:
    match one.battery:
        case Battery.GOOD:
            words, tone = _("Its battery is good"), Tone.PLAIN
        case Battery.LOW:
            words, tone = _("Its battery is low: replace it, or times will be wrong after a power cut"), Tone.WARNING
        case Battery.EMPTY:
            words, tone = _("Its battery is empty: after a power cut times are wrong"), Tone.BAD
        case Battery.UNKNOWN:
            words, tone = _("It does not tell how its battery is"), Tone.QUIET
    return Line(_("Clock"), words, tone)


def _watchdog(one: WatchdogState) -> Line:
    if one.bit_last_boot:
        return Line(_("Watchdog"), _("It restarted the recorder, which hung"), Tone.WARNING)
    if one.armed:
        return Line(_("Watchdog"), _("On: restarts the recorder if it hangs for {s} s").format(s=one.timeout_s))
    return Line(_("Watchdog"), _("Off"), Tone.QUIET)


def _display(one: DisplayState) -> Line:
    if not one.connected:
        return Line(one.name, _("No monitor"), Tone.QUIET)
    named = f"{one.maker} {one.model}".strip() or _("A monitor")
    if one.preferred is not None:
        named += f", {one.preferred.width}×{one.preferred.height}"  # noqa: RUF001
    return Line(one.name, named)


def _slot(one: FirmwareSlotState) -> Line:
    name = _("Firmware {slot}").format(slot=one.name)
    parts = [one.version or _("empty")]
    if one.booted:
        parts.append(_("runs"))
    elif one.next:
        parts.append(_("starts next"))
    if one.booted and not one.good:
        return Line(name, ", ".join([*parts, _("not proven yet")]), Tone.WARNING)
    return Line(name, ", ".join(parts), Tone.PLAIN if one.booted else Tone.QUIET)
