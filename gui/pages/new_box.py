"""An alarm box by Modbus is added: its inputs and outputs then stand beside the recorder's own."""

import re
from typing import TYPE_CHECKING

from gui.pages.written_sheet import WrittenSheet
from gui.toolkit.text_field import TextField
from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms


class NoNumber(NightjarError):
    """Something else was written where a number belongs."""

    status = 422
    words = _("{text} is no number.")


class NoLineSettings(NightjarError):
    """Something else was written where speed, parity and stop bits belong."""

    status = 422
    words = _("{text} is no setting of a line: write speed, parity and stop bits, such as 9600 8N1.")


class NewBox(WrittenSheet):
    """Name, address, and how much it has; it must answer when it is added."""

    do = _("Add")
    default_focus = "name"

    def __init__(self, rooms: "Rooms") -> None:
        words = _("It speaks Modbus over TCP. It is asked at once whether it has these inputs and relays.")
        super().__init__(rooms, _("Add an alarm box"), words, "new-box")

    def fields(self) -> dict[str, TextField]:
        """What is asked."""
        return {
            "name": self.field("name", _("Name, such as GATE")),
            "host": self.field("host", _("Address in the network")),
            "inputs": self.field("inputs", _("Inputs"), text="8"),
            "outputs": self.field("outputs", _("Relays"), text="0"),
            "unit": self.field("unit", _("Number of the box (most are 1)"), text="1"),
            "port": self.field("port", _("Port"), text="502"),
        }

    def act(self, written: dict[str, str]) -> str:
        """Have it added."""
        name, host = written.pop("name"), written.pop("host")
        self.rooms.api.add_box(name, host, **{field: _number(text) for field, text in written.items()})
        return _("The box answers. Its inputs and relays are here now.")


class NewSerialBox(WrittenSheet):
    """Name, line and its settings, and how much it has; it must answer when it is added."""

    do = _("Add")
    default_focus = "name"

    def __init__(self, rooms: "Rooms") -> None:
        words = _("It speaks Modbus RTU. It is asked at once whether it has these inputs and relays.")
        super().__init__(rooms, _("Add an alarm box"), words, "new-serial-box")

    def fields(self) -> dict[str, TextField]:
        """What is asked."""
        return {
            "name": self.field("name", _("Name, such as GATE")),
            "line": self.field("line", _("Serial line, such as ttyUSB0")),
            "set": self.field("set", _("Speed, parity and stop bits"), text="9600 8N1"),
            "unit": self.field("unit", _("Number of the box (most are 1)"), text="1"),
            "inputs": self.field("inputs", _("Inputs"), text="8"),
            "outputs": self.field("outputs", _("Relays"), text="0"),
        }

    def act(self, written: dict[str, str]) -> str:
        """Have it added."""
        name, line, text = written.pop("name"), written.pop("line"), written.pop("set")
        found = re.fullmatch(r"(\d{3,6})[ ,]*8([NEO])([12])", text.upper())
        if found is None:
            raise NoLineSettings(text=text or _("Nothing"))
        numbers = {field: _number(told) for field, told in written.items()}
        about: dict[str, int | str] = {"line": line, "baud": int(found[1]), "parity": found[2]}
        self.rooms.api.add_box(name, "", **about, stop_bits=int(found[3]), **numbers)
        return _("The box answers. Its inputs and relays are here now.")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise NoNumber(text=text or _("Nothing"))
    return int(text)
