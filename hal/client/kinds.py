"""The states, events and words of the kinds that recorder and screen talk about."""

from hal.kinds.array import ArraySet, ArrayState
from hal.kinds.bay import BayState
from hal.kinds.camera_net import CameraNetState, Seat
from hal.kinds.disk import DiskState
from hal.kinds.indicator import IndicatorState, Light, Meaning
from hal.kinds.key import KeyAction, KeyEvent
from hal.kinds.poe_supply import PoeSupplyState, PortState
from hal.kinds.power import Going, PowerState
from hal.kinds.remote import RemoteEvent, RemoteKey
from hal.kinds.usb_port import UsbPortState

__all__ = [
    "ArraySet",
    "ArrayState",
    "BayState",
    "CameraNetState",
    "DiskState",
    "Going",
    "IndicatorState",
    "KeyAction",
    "KeyEvent",
    "Light",
    "Meaning",
    "PoeSupplyState",
    "PortState",
    "PowerState",
    "RemoteEvent",
    "RemoteKey",
    "Seat",
    "UsbPortState",
]
