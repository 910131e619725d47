"""What can be wrong with a simulated camera, from the query of its URL or the command line."""

from collections.abc import Mapping
from dataclasses import dataclass

from recorder.client.errors import Invalid
from recorder.client.words import _

JUMP_S = 3600
"""How far timestamps jump."""


@dataclass(frozen=True)
class Faults:
    """Faults of one delivery; seconds count from its first picture."""

    loss: float = 0.0
    """This share of RTP packets is lost on the way."""
    stall: tuple[float, float] | None = None
    """Nothing is sent between these two seconds."""
    drop: float | None = None
    """The connection breaks."""
    jump: float | None = None
    """Timestamps go on an hour later."""
    resolution: float | None = None
    """Pictures have another size, with new parameter sets, from the next key picture on."""
    pace: int = 0
    """So many packets a write, spread over 60 % of a picture's time, as encoders in cameras do; 0 is all at once."""


NAMES = ("loss", "stall", "drop", "jump", "resolution", "pace")


def parse(options: Mapping[str, str]) -> Faults:
    """Read fault options, passing over others; raises `Invalid`."""
    try:
        return Faults(
            loss=_within(float(options.get("loss", "0")), 1.0),
            stall=_span(options["stall"]) if "stall" in options else None,
            drop=_seconds(options, "drop"),
            jump=_seconds(options, "jump"),
            resolution=_seconds(options, "resolution"),
            pace=int(_within(int(options.get("pace", "0")), 10_000)),
        )
    except ValueError as error:
        raise Invalid(problem=_("A fault option cannot be read; see `nightjar simulate --help`.")) from error


def parse_argument(text: str) -> tuple[int, dict[str, str]]:
    """Read `cam3:loss=0.01,drop=20` as a camera and its options; raises `ValueError`."""
    camera, colon, rest = text.partition(":")
    number = camera.removeprefix("cam")
    if not colon or not number.isdecimal():
        raise ValueError(text)
    options = dict(part.split("=", 1) for part in rest.split(","))
    if not options.keys() <= set(NAMES):
        raise ValueError(text)
    try:
        parse(options)
    except Invalid as error:
        raise ValueError(text) from error
    return int(number), options


def _seconds(options: Mapping[str, str], name: str) -> float | None:
    return _within(float(options[name]), 1e6) if name in options else None


def _span(text: str) -> tuple[float, float]:
    start, _colon, end = text.partition(":")
    return _within(float(start), 1e6), _within(float(end), 1e6)


def _within(value: float, most: float) -> float:
    if not 0 <= value <= most:  # also what is not a number
        raise ValueError(value)
    return value
