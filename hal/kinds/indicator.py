"""Indicators: lights that are told what is so, and show the most urgent of it (D-LED, V-HW-09 to -11)."""

import contextlib
from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hal.errors import HalError, Unsupported
from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


class Meaning(StrEnum):
    """What can be so."""

    POWER = "power"
    STATUS = "status"
    """The recorder works as it should."""
    RECORDING = "recording"
    ALARM = "alarm"
    NETWORK = "network"
    """The network is connected."""
    DISK_FAULT = "disk_fault"
    LOCATE = "locate"
    FAULT = "fault"
    """A fan, a supply, a temperature, or the disk of a bay."""
    REBUILD = "rebuild"
    OCCUPIED = "occupied"
    """There is a disk in the bay, or in any."""
    BAY_ACTIVITY = "bay_activity"
    """The disk of the bay reads or writes, or that of any."""
    UPDATING = "updating"
    """The recorder's own firmware is written or tried: it is not to be switched off."""


class Light(StrEnum):
    """How a light shines; the rates are those of V-HW-10 and V-HW-11."""

    OFF = "off"
    STEADY = "steady"
    SLOW = "slow"
    BLINK = "blink"
    FAST = "fast"


PERIOD_S: dict[Light, float] = {Light.SLOW: 4.0, Light.BLINK: 1.0, Light.FAST: 0.25}


class Colour(StrEnum):
    """The colours that a light can have."""

    WHITE = "white"
    RED = "red"
    AMBER = "amber"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True)
class Shown:
    """How a light shines while something is so."""

    meaning: Meaning
    light: Light = Light.STEADY
    colour: Colour = Colour.WHITE


_BAY = "bay "


@dataclass(frozen=True)
class IndicatorState(DeviceState):
    """One light. `group` says where it sits, such as `front` or `bay 1`; what it can show stands most urgent first."""

    group: str = ""
    meanings: tuple[Meaning, ...] = ()
    told: frozenset[Meaning] = frozenset()
    light: Light = Light.OFF
    colour: Colour = Colour.WHITE
    kind: str = "indicator"

    @property
    def bay(self) -> str | None:
        """The bay that it belongs to; None: it sits elsewhere."""
        return self.group.removeprefix(_BAY) if self.group.startswith(_BAY) else None


class Indicator(Device[IndicatorState]):
    """A light. What it was told is kept while it is offline, and shown as soon as it is back."""

    kind = "indicator"
    state_type = IndicatorState

    def __init__(self, name: str, shows: tuple[Shown, ...], rest: Light = Light.OFF, group: str = "front") -> None:
        """`shows` is most urgent first; with `rest` it shines where nothing of it is so, also after `close`."""
        super().__init__(name)
        colour = shows[0].colour if shows else Colour.WHITE
        self._shows = shows
        self._rest = Shown(Meaning.POWER, rest, colour)
        meanings = tuple(one.meaning for one in shows)
        self.change(group=group, meanings=meanings, light=Light.OFF, colour=colour)

    @verb()
    def show(self, *, meaning: Meaning, holds: bool) -> None:
        """Show that something is so, or no longer; raises `Unsupported` for what this light does not show."""
        self.require_online()
        if meaning not in self.state.meanings:
            raise Unsupported(f"{self.name} does not show {meaning}")
        told = self.state.told | {meaning} if holds else self.state.told - {meaning}
        shown = self._most_urgent(told)
        self.shine(shown.light, shown.colour)
        self.change(told=told, light=shown.light, colour=shown.colour)

    def _most_urgent(self, told: frozenset[Meaning]) -> Shown:
        return next((one for one in self._shows if one.meaning in told), self._rest)

    def light_up(self) -> None:
        """Shine as told and become online; for the drivers, at the end of `open`."""
        shown = self._most_urgent(self.state.told)
        self.shine(shown.light, shown.colour)
        self.come_online(light=shown.light, colour=shown.colour)

    def rest(self) -> None:
        """Shine as with nothing told; for the drivers, in `close`."""
        with contextlib.suppress(HalError, OSError):  # it may be gone, which is why we close
            self.shine(self._rest.light, self._rest.colour)
        self.change(light=self._rest.light, colour=self._rest.colour)

    @abstractmethod
    def shine(self, light: Light, colour: Colour) -> None:
        """Shine like this."""
