"""States and events from what came over the socket, in their kinds' dataclasses."""

import importlib
import threading
from functools import cache
from typing import Any, TypeVar

import msgspec

from hal.kinds.device import DeviceEvent, DeviceState, Inventory

Message = TypeVar("Message", DeviceState, DeviceEvent)
# msgspec dies where two threads are the first to decode a class: it learns each alone.
_learning = threading.Lock()
msgspec.json.Decoder(Inventory)


def inventory_from(said: dict[str, Any]) -> Inventory:
    """What a device is."""
    return msgspec.convert(said, Inventory)


def state_from(said: dict[str, Any]) -> DeviceState:
    """How a device is."""
    return msgspec.convert(said, _message_of(said["kind"], DeviceState))


def event_from(said: dict[str, Any]) -> DeviceEvent:
    """What happened at a device."""
    return msgspec.convert(said, _message_of(said["kind"], DeviceEvent))


@cache
def _message_of(kind: str, base: type[Message]) -> type[Message]:
    """Find the kind's dataclass: the one of its module whose `kind` is this."""
    module = importlib.import_module(f"hal.kinds.{kind}")
    message = next(
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, base) and getattr(found, "kind", "") == kind
    )
    with _learning:
        msgspec.json.Decoder(message)
    return message
