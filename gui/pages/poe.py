"""PoE ports: what each does and takes, what is wrong in words, and switching and restarting a camera (D-CAM-10)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item
from gui.dialogs.message import Question
from gui.pages.followed import FollowedList
from gui.pages.switch_login import NewSwitch, SwitchLogin
from gui.pages.tones import COLOURS
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.list import Entry
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from gui.wall.moments import since
from recorder.client.answers import PoePort, PoeSupply
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

PRIORITIES: dict[str, str] = {"critical": _("Critical"), "high": _("High"), "low": _("Low")}


class PoePorts(FollowedList[Sequence[PoeSupply]]):
    """The ports; choosing one opens what can be done with it."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "poe", _("PoE ports"))
        self._budget = Label("", Type.BODY, t.SECOND, lines=3, name="budget")

    def ask(self) -> Sequence[PoeSupply]:
        """The supplies."""
        return self.rooms.api.poe()

    def show(self, told: Sequence[PoeSupply]) -> bool:
        """Ports and budget."""
        self._budget.say(_budget(told))
        return super().show(told)

    def nothing(self) -> str:
        """The board has none."""
        return _("This recorder has no PoE ports. A switch in the network that powers cameras can be added.")

    def tools(self) -> list[Widget]:
        """Add a switch."""
        return [Button(_("Add a switch"), self._add, name="add-switch", icon="add", look=Look.PLAIN)]

    def _add(self) -> None:
        self.screen.navigator.push(NewSwitch(self.rooms), then=lambda _done: self.look())

    def above(self) -> list[Widget]:
        """The budget."""
        self._budget = Label(_budget(self.told or ()), Type.BODY, t.SECOND, lines=3, name="budget")
        return [self._budget]

    def entries(self, told: Sequence[PoeSupply]) -> Sequence[Entry]:
        """A row for each port."""
        return [self._entry(supply, port) for supply in told for port in supply.ports]

    def _entry(self, supply: PoeSupply, port: PoePort) -> Entry:
        words, colour = port.words.rstrip("."), COLOURS[port.tone]
        if not supply.online:
            words, colour = _("Not known while the supply does not work"), t.FAINT
        if port.since_us and supply.online and port.state in {"delivering", "fault"}:
            at = since(port.since_us, self.screen.clock.now_us(), self.rooms.zone)
            words += " · " + _("since {time}").format(time=at)
        icon = "camera" if port.enabled else "camera_off"
        return Entry((supply.name, port.port), _title(port), words, port.figures, icon, colour)

    def choose(self, value: tuple[str, int]) -> None:
        """Restart, switch, priority, long reach."""
        supply = next((one for one in self.told or () if one.name == value[0]), None)
        port = next((one for one in supply.ports if one.port == value[1]), None) if supply else None
        if supply is not None and port is not None:
            self.offer(self._items(supply, port), _title(port))

    def _items(self, supply: PoeSupply, port: PoePort) -> list[Item]:
        api, name, number = self.rooms.api, supply.name, port.port
        switch = _("Switch off") if port.enabled else _("Switch on")
        restart = self.doing(lambda: api.restart_poe_port(name, number), _("The camera is being restarted."))
        items = [
            Item(_("Restart the camera"), restart, enabled=port.enabled),
            Item(switch, self.doing(lambda: api.change_poe_port(name, number, enabled=not port.enabled)), line=True),
            Item(
                _("Priority"),
                items=tuple(
                    Item(
                        words,
                        self.doing(lambda value=value: api.change_poe_port(name, number, priority=value)),
                        chosen=port.priority == value,
                    )
                    for value, words in PRIORITIES.items()
                ),
            ),
        ]
        if "long_reach" in supply.modes:
            far = port.mode == "long_reach"
            set_mode = self.doing(lambda: api.change_poe_port(name, number, mode="auto" if far else "long_reach"))
            items.append(Item(_("Long reach, 10 Mbit/s"), set_mode, chosen=far))
        if supply.logs_in:
            login = lambda: self.screen.navigator.push(SwitchLogin(self.rooms, name), then=lambda _done: self.look())  # noqa: E731
            items.append(Item(_("Log in at the switch"), login, line=True))
        if supply.added:
            items.append(Item(_("Remove the switch"), lambda: self._remove(name)))
        return items

    def _remove(self, name: str) -> None:
        remove = self.doing(lambda: self.rooms.api.remove_switch(name))
        title = _("Remove the switch {name}?").format(name=name)
        words = _("Its ports stay as they are; the recorder does not know them any more, and forgets its password.")
        self.screen.navigator.push(Question(title, words, _("Remove"), remove, danger=True))


def _budget(supplies: Sequence[PoeSupply]) -> str:
    return "\n".join(one.words for one in supplies)


def _title(port: PoePort) -> str:
    title = _("Port {number}").format(number=port.port)
    return title if port.label in {"", str(port.port)} else f"{title}  {port.label}"
