"""PoE ports: what each does and takes, what is wrong in words, and switching and restarting a camera (D-CAM-10)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item, Menu
from gui.pages.header import EDGE, header
from gui.toolkit import theme as t
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Card, Center, Column, Pad
from gui.toolkit.list import Entry, List
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import since
from recorder.client.answers import PoePort, PoeSupply
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.timers import Timer

EVERY_S = 2.0
STATES: dict[str, tuple[str, Colour]] = {
    "disabled": (_("Switched off"), t.FAINT),
    "searching": (_("Nothing there that takes power"), t.FAINT),
    "detected": (_("A camera was found and gets power in a moment"), t.WARNING),
    "delivering": (_("Gives power"), t.GOOD),
    "backoff": (_("Waits a moment before it searches again"), t.FAINT),
    "fault": (_("No power"), t.DANGER),
    "unknown": (_("The hardware tells an unknown state"), t.WARNING),
}
FAULTS: dict[str, str] = {
    "short": _("short circuit: look at cable and plug"),
    "overload": _("the camera took more than it may"),
    "over_temperature": _("the port is too hot"),
    "r_low": _("what hangs there takes no power by the cable"),
    "r_high": _("the cable is too long, damp or damaged"),
    "c_high": _("what hangs there takes no power by the cable"),
    "class": _("the camera does not say properly what it needs"),
    "inrush": _("the camera took too much when it was switched on"),
    "budget": _("all power is given away: switch another port off, or make this one more important"),
    "supply": _("the power supply is too weak or failing"),
    "chip": _("the port is defective"),
    "unknown": _("the hardware names no reason"),
}
PRIORITIES: dict[str, str] = {"critical": _("Critical"), "high": _("High"), "low": _("Low")}


class PoePorts(Page):
    """A list that follows the ports; choosing one opens what can be done with it."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(name="poe")
        self.title = _("PoE ports")
        self.rooms = rooms
        self.supplies: Sequence[PoeSupply] | None = None
        self.problem = ""
        self.default_focus = "list"
        self.list = List([], self._choose, name="list", row=64)
        self._timer: Timer | None = None
        self._budget = Label("", Type.BODY, t.SECOND, lines=3, name="budget")

    def opened(self) -> None:
        """Ask, and again every two seconds."""
        self._look()

    def closed(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.screen.after(EVERY_S, self._look) if self.attached else None
        self.work(self.rooms.api.poe, self._found, self._failed)

    def _found(self, supplies: Sequence[PoeSupply]) -> None:
        before, problem = self.supplies, self.problem
        self.supplies, self.problem = supplies, ""
        self.list.fill([self._entry(supply, port) for supply in supplies for port in supply.ports])
        if before is None or bool(before) != bool(supplies) or problem:
            self.rebuild()
            if self.screen.navigator.top is self:
                self.screen.focus_on("list")
        else:
            self._budget.say(self._words())

    def _failed(self, error: Exception) -> None:
        if self.rooms.recover(self, error, self._look):
            return
        words = self.rooms.words(error)
        if words != self.problem:
            self.problem = words
            self.rebuild()

    def build(self) -> None:
        """Head, the budget, and the list or what stands for it."""
        self._budget = Label(self._words(), Type.BODY, t.SECOND, lines=3, name="budget")
        main = Column([self._main()], pad=Pad(EDGE, 8, EDGE, 24), grow=1)
        self.add(Column([header(self.title, self.close), main], gap=0))

    def _main(self) -> Widget:
        if self.list.entries and not self.problem:
            return Column([self._budget, Card([self.list], pad=8, grow=1)], gap=10, grow=1)
        words = self.problem or (_("Loading…") if self.supplies is None else _("This recorder has no PoE ports."))
        parts: list[Widget] = [Label(words, Type.BODY, t.SECOND, lines=4, align=Align.CENTER, name="message")]
        if self.problem:
            parts.append(Button(_("Try again"), self._look, name="again"))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1)

    def _words(self) -> str:
        told: list[str] = []
        for one in self.supplies or ():
            words = _("{used:.1f} W of {budget:.0f} W are in use.").format(used=one.used_watts, budget=one.budget_watts)
            if not one.online:
                words = _("{name} does not work: {reason}.").format(name=one.name, reason=one.reason)
            if one.unproven:
                words += " " + _("The driver was never tried with the real chip.")
            told.append(words)
        return "\n".join(told)

    def _entry(self, supply: PoeSupply, port: PoePort) -> Entry:
        words, colour = STATES.get(port.state, STATES["unknown"])
        if not supply.online:
            words, colour = _("Not known while the supply does not work"), t.FAINT
        elif port.faults:
            words += ": " + ", ".join(FAULTS.get(fault, fault) for fault in port.faults)
        if port.since_us and supply.online and port.state in {"delivering", "fault"}:
            at = since(port.since_us, self.screen.clock.now_us(), self.rooms.zone)
            words += " · " + _("since {time}").format(time=at)
        icon = "camera" if port.enabled else "camera_off"
        return Entry((supply.name, port.port), _title(port), words, _figures(port), icon, colour)

    def _choose(self, chosen: tuple[str, int]) -> None:
        supply = next((one for one in self.supplies or () if one.name == chosen[0]), None)
        port = next((one for one in supply.ports if one.port == chosen[1]), None) if supply else None
        if supply is None or port is None:
            return
        api, name, number = self.rooms.api, supply.name, port.port
        switch = _("Switch off") if port.enabled else _("Switch on")
        items = [
            Item(
                _("Restart the camera"),
                self._doing(lambda: api.restart_poe_port(name, number), _("The camera is being restarted.")),
                enabled=port.enabled,
            ),
            Item(switch, self._doing(lambda: api.change_poe_port(name, number, enabled=not port.enabled)), line=True),
            Item(
                _("Priority"),
                items=tuple(
                    Item(
                        words,
                        self._doing(lambda value=value: api.change_poe_port(name, number, priority=value)),
                        chosen=port.priority == value,
                    )
                    for value, words in PRIORITIES.items()
                ),
            ),
        ]
        if "long_reach" in supply.modes:
            far = port.mode == "long_reach"
            mode = "auto" if far else "long_reach"
            items.append(
                Item(
                    _("Long reach, 10 Mbit/s"),
                    self._doing(lambda: api.change_poe_port(name, number, mode=mode)),
                    chosen=far,
                )
            )
        row = self.list.row_rect(self.list.marked)
        at = self.screen.pointer if self.screen.last_by == "pointer" else row.move(self.px(56), self.px(40)).topleft
        self.screen.navigator.push(Menu(items, at=at, title=_title(port)))

    def _doing(self, ask: Callable[[], object], said: str = "") -> Callable[[], None]:
        def done(_nothing: object) -> None:
            if said:
                self.screen.notices.say(said, Tone.GOOD)
            self._look()

        return lambda: self.work(ask, done)


def _title(port: PoePort) -> str:
    title = _("Port {number}").format(number=port.port)
    return title if port.label in {"", str(port.port)} else f"{title}  {port.label}"


def _figures(port: PoePort) -> str:
    """Say what a port takes: "Class 3 · 52.0 V · 81 mA · 4.2 W"."""
    if port.state != "delivering":
        return ""
    parts = [] if port.power_class is None else [_("Class {number}").format(number=port.power_class)]
    if port.volts is not None and port.milliamps is not None:
        parts += [_("{volts:.1f} V").format(volts=port.volts), _("{amps:.0f} mA").format(amps=port.milliamps)]
    if port.watts is not None:
        parts.append(_("{watts:.1f} W").format(watts=port.watts))
    return " · ".join(parts)
