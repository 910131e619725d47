"""Domes, the lines they hang at, and their presets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PtzLine:
    """A line that domes hang at. `baud` is 0 where they are reached by the network."""

    name: str
    online: bool
    reason: str
    baud: int


@dataclass(frozen=True)
class PresetName:
    """What an owner calls a preset."""

    number: int
    name: str


@dataclass(frozen=True)
class Dome:
    """The dome of a channel: what it can be asked for, and what it does. Where it looks is None until it told."""

    channel: int
    line: str
    address: int
    protocol: str
    online: bool
    reason: str
    moving: bool
    pan_degrees: float | None
    tilt_degrees: float | None
    zoom: float | None
    actions: tuple[str, ...]
    """What its protocol knows, such as `up`, `zoom_in`, `preset_goto`; empty while its line is not online."""
    presets: int
    """The highest number of a preset, and so on; 0: it has none."""
    tours: int
    patterns: int
    scans: int
    auxes: int
    preset_names: tuple[PresetName, ...] = ()
    """Those that its owner named, by number."""
