"""What a PoE port does, and what is wrong with it, in words: one table for pages, events and troubles."""

from collections.abc import Mapping

from hal.client.kinds import PoeFault, PoePort, PoeSupplyState, PortState
from recorder.client.tone import Tone
from recorder.client.words import _

STATES: Mapping[PortState, tuple[str, Tone]] = {
    PortState.DISABLED: (_("Switched off"), Tone.FAINT),
    PortState.SEARCHING: (_("Nothing there that takes power"), Tone.FAINT),
    PortState.DETECTED: (_("A camera was found and gets power in a moment"), Tone.WARNING),
    PortState.DELIVERING: (_("Gives power"), Tone.GOOD),
    PortState.BACKOFF: (_("Waits a moment before it searches again"), Tone.FAINT),
    PortState.FAULT: (_("No power"), Tone.BAD),
    PortState.UNKNOWN: (_("The hardware tells an unknown state"), Tone.WARNING),
}
FAULTS: Mapping[PoeFault, str] = {
    PoeFault.SHORT: _("Short circuit. Power is off; check the cable."),
    PoeFault.OVERLOAD: _("The camera took more than it may. Power is off and comes back by itself to try again."),
    PoeFault.OVER_TEMPERATURE: _("The port is too hot. Power is off until it has cooled; give the recorder air."),
    PoeFault.R_LOW: _("What hangs there takes no power by the cable. Check whether it is a camera for PoE."),
    PoeFault.R_HIGH: _("The cable is too long, damp or damaged. Check the cable and its plugs."),
    PoeFault.C_HIGH: _("What hangs there takes no power by the cable. Check whether it is a camera for PoE."),
    PoeFault.CLASS: _("The camera does not say properly what it needs, and gets no power. Try another camera."),
    PoeFault.INRUSH: _("The camera took too much when it was switched on. Check the camera and the cable."),
    PoeFault.BUDGET: _("All power is given away. Switch another port off, or make this one more important."),
    PoeFault.SUPPLY: _("The power supply is too weak or failing. Check the recorder's power supply."),
    PoeFault.CHIP: _("The port is defective. Use another one."),
    PoeFault.UNKNOWN: _("No power, and the hardware names no reason. Check camera and cable."),
}


def port_name(port: PoePort) -> str:
    """How a port is called: by its number, or as its board labels it."""
    return _("Port {port}").format(port=port.label or port.port)


def port_words(port: PoePort) -> tuple[str, Tone]:
    """Say what is wrong with a port, in a sentence for each fault, or what it does."""
    words, tone = STATES[port.state]
    return " ".join(FAULTS[fault] for fault in sorted(port.faults)) or words, Tone.BAD if port.faults else tone


def supply_words(supply: PoeSupplyState, unproven: str) -> str:
    """Say how much of its power is in use, or why it does not work; and what is unproven."""
    words = _("{used:.1f} W of {budget:.0f} W are in use.").format(used=supply.used_watts, budget=supply.budget_watts)
    if not supply.online:
        words = _("{name} does not work: {reason}.").format(name=supply.name, reason=supply.reason.rstrip("."))
    return f"{words} {unproven}".rstrip()


def figures(port: PoePort) -> str:
    """Say what a port takes: "Class 3 · 52.0 V · 81 mA · 4.2 W"."""
    if port.state is not PortState.DELIVERING:
        return ""
    parts = [] if port.power_class is None else [_("Class {number}").format(number=port.power_class)]
    if port.volts is not None and port.milliamps is not None:
        parts += [_("{volts:.1f} V").format(volts=port.volts), _("{amps:.0f} mA").format(amps=port.milliamps)]
    if port.watts is not None:
        parts.append(_("{watts:.1f} W").format(watts=port.watts))
    return " · ".join(parts)
