"""A line with domes: cameras that turn, zoom and keep presets, each at its address (D-PTZ)."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from hal.kinds.device import Device, DeviceEvent, DeviceState
from hal.kinds.verbs import verb

HELD_S = 2.0
"""A move goes on for this long after it was last asked for: who holds a key asks again, who is gone does not."""


class PtzProtocol(StrEnum):
    """What domes speak."""

    PELCO_D = "pelco_d"
    PELCO_D_EXTENDED = "pelco_d_extended"
    PELCO_P = "pelco_p"
    PELCO_P1 = "pelco_p1"
    VISCA = "visca"
    DH_SD1 = "dh_sd1"
    DH_SD2 = "dh_sd2"


class Quirk(StrEnum):
    """How a dome differs from the table of its protocol."""

    XOR_OF_ALL = "xor_of_all"
    """Pelco-P: the check byte covers bytes 1 to 7."""
    XOR_OF_INNER = "xor_of_inner"
    """Pelco-P: the check byte covers bytes 2 to 6."""
    ADDRESS_FROM_ZERO = "address_from_zero"
    """Address 1 goes out as 0."""
    ADDRESS_FROM_ONE = "address_from_one"
    FOCUS_AS_IN_D = "focus_as_in_d"
    """Pelco-P: the focus bits stand where Pelco-D has them."""
    AUTOFOCUS_FROM_ONE = "autofocus_from_one"
    """Pelco-D: 1 is automatic and 2 by hand, instead of 0 and 1."""
    MENU_CALLED = "menu_called"
    """Pelco: the menu opens when preset 95 is called, instead of kept."""


class Action(StrEnum):
    """All that a dome may be able to do; a protocol knows a part of it."""

    STOP = "stop"
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    UP_LEFT = "up_left"
    UP_RIGHT = "up_right"
    DOWN_LEFT = "down_left"
    DOWN_RIGHT = "down_right"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    FOCUS_NEAR = "focus_near"
    FOCUS_FAR = "focus_far"
    IRIS_OPEN = "iris_open"
    IRIS_CLOSE = "iris_close"
    PRESET_SET = "preset_set"
    PRESET_CLEAR = "preset_clear"
    PRESET_GOTO = "preset_goto"
    TOUR_ADD = "tour_add"
    TOUR_REMOVE = "tour_remove"
    TOUR_CLEAR = "tour_clear"
    TOUR_START = "tour_start"
    TOUR_STOP = "tour_stop"
    PATTERN_RECORD = "pattern_record"
    PATTERN_END = "pattern_end"
    PATTERN_RUN = "pattern_run"
    SCAN_LEFT_LIMIT = "scan_left_limit"
    SCAN_RIGHT_LIMIT = "scan_right_limit"
    SCAN_START = "scan_start"
    SCAN_STOP = "scan_stop"
    PAN_START = "pan_start"
    PAN_STOP = "pan_stop"
    ZONE_BEGIN = "zone_begin"
    ZONE_END = "zone_end"
    ZONE_SCAN_ON = "zone_scan_on"
    ZONE_SCAN_OFF = "zone_scan_off"
    AUX_ON = "aux_on"
    AUX_OFF = "aux_off"
    LIGHT_ON = "light_on"
    LIGHT_OFF = "light_off"
    CAMERA_ON = "camera_on"
    CAMERA_OFF = "camera_off"
    MENU_OPEN = "menu_open"
    MENU_CLOSE = "menu_close"
    MENU_ENTER = "menu_enter"
    MENU_UP = "menu_up"
    MENU_DOWN = "menu_down"
    MENU_LEFT = "menu_left"
    MENU_RIGHT = "menu_right"
    HOME = "home"
    FLIP = "flip"
    RESET = "reset"
    ZOOM_SPEED = "zoom_speed"
    FOCUS_SPEED = "focus_speed"
    FOCUS_AUTO = "focus_auto"
    FOCUS_MANUAL = "focus_manual"
    FOCUS_ONCE = "focus_once"
    IRIS_RESET = "iris_reset"
    IRIS_AUTO = "iris_auto"
    GAIN_AUTO = "gain_auto"
    BACKLIGHT = "backlight"
    WHITE_BALANCE = "white_balance"
    WRITE = "write"
    CLEAR_SCREEN = "clear_screen"
    ACKNOWLEDGE_ALARM = "acknowledge_alarm"
    LOOK = "look"
    LOOK_BY = "look_by"
    ASK_PAN = "ask_pan"
    ASK_TILT = "ask_tilt"
    ASK_PAN_TILT = "ask_pan_tilt"
    ASK_ZOOM = "ask_zoom"
    ASK_VERSION = "ask_version"


@dataclass(frozen=True)
class Dome:
    """Whom a request is for. `steps_per_degree` is what a VISCA camera counts in; 0 where nobody told."""

    address: int
    protocol: PtzProtocol = PtzProtocol.PELCO_D
    quirks: frozenset[Quirk] = frozenset()
    steps_per_degree: float = 0.0


@dataclass(frozen=True)
class Look:
    """Where a dome looks: degrees to the right and up from its zero, and zoom from 0 (wide) to 1 (tele)."""

    pan_degrees: float
    tilt_degrees: float
    zoom: float


@dataclass(frozen=True)
class Abilities:
    """What a dome can be asked, and the highest number of what is numbered; 0: it has none of these."""

    actions: frozenset[Action]
    presets: int
    tours: int
    patterns: int
    scans: int
    auxes: int


@dataclass(frozen=True)
class DomeState:
    """One dome that was asked for something since the start. `look` is None until it told: most domes never do."""

    address: int
    moving: bool = False
    look: Look | None = None


@dataclass(frozen=True)
class PtzBusState(DeviceState):
    """One line: how fast it is (0: domes are reached by the network), and its domes by address."""

    baud: int = 0
    domes: tuple[DomeState, ...] = ()
    kind: str = "ptz_bus"


@dataclass(frozen=True)
class DomeComplaint(DeviceEvent):
    """A dome said that it did not do what it was asked; `words` say why."""

    address: int = 0
    words: str = ""
    kind: str = "ptz_bus"


class PtzBus(Device[PtzBusState]):
    """A line with domes.

    Its safe state: every dome that it moved was told to stop. Requests return when they are accepted; stops go out
    before moves, and moves before everything else, each with the pause that its protocol wants.
    """

    kind = "ptz_bus"
    state_type = PtzBusState

    @verb()
    @abstractmethod
    def move(
        self,
        *,
        dome: Dome,
        pan: float = 0.0,
        tilt: float = 0.0,
        zoom: float = 0.0,
        focus: float = 0.0,
        iris: float = 0.0,
    ) -> None:
        """Move as long as this is asked again within `HELD_S`; then, or with all zero, stop.

        Each is a share of full speed from -1 to 1: to the right, up, towards tele, towards far, open. Raises `Offline`,
        `BadRequest`, `Unsupported`.
        """

    @verb()
    @abstractmethod
    def stop(self, *, dome: Dome) -> None:
        """Stop; what a dome does by itself too. While the line is offline this is kept and sent first. `Offline`."""

    @verb()
    @abstractmethod
    def act(self, *, dome: Dome, action: Action, number: int = 0, second: int = 0) -> None:
        """Do one thing, with its number and a second one (the preset of a tour); raises `Unsupported`, `BadRequest`."""

    @verb()
    @abstractmethod
    def look(self, *, dome: Dome, pan_degrees: float, tilt_degrees: float, zoom: float) -> None:
        """Look somewhere; raises `Unsupported` where the protocol cannot."""

    @verb()
    @abstractmethod
    def ask(self, *, dome: Dome) -> Look:
        """Ask where a dome looks; raises `Unsupported`, `Offline` if it does not answer."""

    @verb()
    @abstractmethod
    def abilities(self, *, dome: Dome) -> Abilities:
        """Tell what the dome's protocol knows."""

    @verb()
    @abstractmethod
    def set_line(
        self,
        *,
        baud: int,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
    ) -> None:
        """Set the line as its domes are set (D-PTZ-01.4); moving domes are stopped before."""
