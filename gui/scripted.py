"""Input as plain values: what `gui.sock` takes, and what tests write.

An event is an object with a `kind`: `key {name, shift?, ctrl?}` · `key_up {name}` · `text {text}` (typed) · `move`,
`press`, `release`, `click`, `double`, `right`, `wheel {steps}` with `x` and `y` in pixels of the screen · `drag {x, y,
to_x, to_y}`.
"""

from typing import Any

from gui.toolkit.event import Button, Event, Key, KeyUp, Move, Press, Release, Wheel
from recorder.client.errors import Invalid
from recorder.client.words import _

MOST_EVENTS = 1000
LONGEST_TEXT = 1000


def events_of(found: Any) -> list[Event]:
    """Turn a list of plain objects into events; raises `Invalid`."""
    if not isinstance(found, list) or len(found) > MOST_EVENTS:
        raise Invalid(problem=_("Events must be a list of at most {most}.").format(most=MOST_EVENTS))
    return [event for one in found for event in _event(one)]


def typed(text: str) -> list[Event]:
    """Give the keys that type a text."""
    return [Key("space" if one == " " else one, one) for one in text]


def _event(one: Any) -> list[Event]:
    if not isinstance(one, dict):
        raise Invalid(problem=_("An event must be an object."))
    match one.get("kind"):
        case "key" if isinstance(one.get("name"), str):
            name = one["name"]
            text = (" " if name == "space" else name if len(name) == 1 else "") if not one.get("ctrl") else ""
            return [Key(name, text, shift=bool(one.get("shift")), ctrl=bool(one.get("ctrl")))]
        case "key_up" if isinstance(one.get("name"), str):
            return [KeyUp(one["name"])]
        case "text" if isinstance(one.get("text"), str) and len(one["text"]) <= LONGEST_TEXT:
            return typed(one["text"])
        case "move":
            return [Move(*_place(one))]
        case "press":
            return [Move(*_place(one)), Press(*_place(one))]
        case "release":
            return [Release(*_place(one))]
        case "click":
            return _click(one)
        case "double":
            return [*_click(one), *_click(one)]
        case "right":
            at = _place(one)
            return [Move(*at), Press(*at, Button.RIGHT), Release(*at, Button.RIGHT)]
        case "wheel" if isinstance(one.get("steps"), int):
            return [Wheel(*_place(one), max(-100, min(100, one["steps"])))]
        case "drag":
            begin, end = _place(one), (_whole(one, "to_x"), _whole(one, "to_y"))
            middle = ((begin[0] + end[0]) // 2, (begin[1] + end[1]) // 2)
            return [Move(*begin), Press(*begin), Move(*middle), Move(*end), Release(*end)]
        case kind:
            raise Invalid(problem=_("There is no such event: {kind}.").format(kind=repr(kind)[:40]))


def _click(one: dict[str, Any]) -> list[Event]:
    at = _place(one)
    return [Move(*at), Press(*at), Release(*at)]


def _place(one: dict[str, Any]) -> tuple[int, int]:
    return _whole(one, "x"), _whole(one, "y")


def _whole(one: dict[str, Any], name: str) -> int:
    value = one.get(name)
    if not isinstance(value, int) or abs(value) > 1 << 20:
        raise Invalid(problem=_("{name} must be a number of pixels.").format(name=name))
    return value
