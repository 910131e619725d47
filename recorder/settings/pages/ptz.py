"""The dome of a channel: the line that it hangs at, its address there, and how it is spoken to (D-PTZ-01)."""

from enum import StrEnum

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.preset_names import LONGEST_NAMES, PresetNames
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable


class Protocol(StrEnum):
    """What a dome speaks; named as in the hardware layer."""

    PELCO_D = "pelco_d"
    PELCO_D_EXTENDED = "pelco_d_extended"
    PELCO_P = "pelco_p"
    PELCO_P1 = "pelco_p1"
    VISCA = "visca"
    DH_SD1 = "dh_sd1"
    DH_SD2 = "dh_sd2"


class Baud(StrEnum):
    """How fast the line is."""

    B1200 = "1200"
    B2400 = "2400"
    B4800 = "4800"
    B9600 = "9600"
    B19200 = "19200"
    B38400 = "38400"
    B57600 = "57600"
    B115200 = "115200"


class DataBits(StrEnum):
    """Bits of a character."""

    EIGHT = "8"
    SEVEN = "7"


class StopBits(StrEnum):
    """Bits behind a character."""

    ONE = "1"
    TWO = "2"


class Parity(StrEnum):
    """The check bit of a character."""

    NONE = "N"
    ODD = "O"
    EVEN = "E"


class Counting(StrEnum):
    """What the dome's address 1 is on the line."""

    USUAL = "usual"
    FROM_ZERO = "address_from_zero"
    FROM_ONE = "address_from_one"


class CheckByte(StrEnum):
    """Which bytes the check byte of Pelco-P covers."""

    USUAL = "usual"
    ALL = "xor_of_all"
    INNER = "xor_of_inner"


LINE = _("Line")
PECULIARITIES = _("If it does not obey")


class Ptz(Page, scope=Scope.CHANNEL, area=Area.CAMERA, permission=Permission.CAMERA, order=38, title=_("PTZ")):
    """Line, address and protocol of a camera that turns."""

    line: Printable = setting(
        "",
        longest=64,
        title=_("Terminal"),
        hint=_("Where its cable ends at the recorder, such as RS485. Left empty: it does not turn."),
    )
    protocol: Protocol = setting(
        Protocol.PELCO_D,
        title=_("Protocol"),
        choices={
            "pelco_d": "Pelco-D",
            "pelco_d_extended": _("Pelco-D, extended"),
            "pelco_p": "Pelco-P",
            "pelco_p1": "Pelco-P1",
            "visca": "VISCA",
            "dh_sd1": "DH-SD1",
            "dh_sd2": "DH-SD2",
        },
    )
    address: int = setting(1, ge=1, le=255, title=_("Address"), hint=_("As it is set at the dome."))
    baud: Baud = setting(
        Baud.B9600, title=_("Speed"), unit="baud", group=LINE, choices={one.value: one.value for one in Baud}
    )
    data_bits: DataBits = setting(DataBits.EIGHT, title=_("Data bits"), group=LINE, choices={"8": "8", "7": "7"})
    stop_bits: StopBits = setting(StopBits.ONE, title=_("Stop bits"), group=LINE, choices={"1": "1", "2": "2"})
    parity: Parity = setting(
        Parity.NONE, title=_("Parity"), group=LINE, choices={"N": _("None"), "O": _("Odd"), "E": _("Even")}
    )
    preset_names: PresetNames = setting(
        "",
        longest=LONGEST_NAMES,
        title=_("Names of presets"),
        group=_("Presets"),
        hint=_("Number and name, with commas between: 1 Gate, 7 Car park. The panel that turns it sets them, too."),
    )
    counting: Counting = setting(
        Counting.USUAL,
        title=_("Addresses count"),
        group=PECULIARITIES,
        choices={
            "usual": _("As the protocol says"),
            "address_from_zero": _("From 0"),
            "address_from_one": _("From 1"),
        },
    )
    check_byte: CheckByte = setting(
        CheckByte.USUAL,
        title=_("Check byte of Pelco-P"),
        group=PECULIARITIES,
        choices={
            "usual": _("As the protocol says"),
            "xor_of_all": _("Of all bytes"),
            "xor_of_inner": _("Of inner bytes"),
        },
    )
    focus_as_in_d: bool = setting(False, title=_("Pelco-P: focus as in Pelco-D"), group=PECULIARITIES)
    menu_called: bool = setting(False, title=_("Pelco: its menu opens by calling preset 95"), group=PECULIARITIES)
    autofocus_from_one: bool = setting(False, title=_("Pelco-D: autofocus counts from 1"), group=PECULIARITIES)

    @property
    def quirks(self) -> tuple[str, ...]:
        """How the dome differs from its protocol, in the words of the hardware layer."""
        named = (self.counting.value, self.check_byte.value)
        switched = [name for name in ("focus_as_in_d", "menu_called", "autofocus_from_one") if getattr(self, name)]
        return (*(one for one in named if one != "usual"), *switched)
