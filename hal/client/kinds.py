"""The states, events and words of the kinds that recorder and screen talk about."""

from hal.kinds.alarm_input import AlarmInputState, InputFault, InputRole, Rest
from hal.kinds.array import ArrayHealth, ArraySet, ArrayState, Member
from hal.kinds.bay import BayState, Connector
from hal.kinds.buzzer import BuzzerState
from hal.kinds.camera_net import CameraNetState, Seat
from hal.kinds.clock import Battery, ClockState
from hal.kinds.disk import DiskState
from hal.kinds.display import DisplayState
from hal.kinds.fan import FanState
from hal.kinds.firmware_slot import FirmwareSlotState
from hal.kinds.indicator import IndicatorState, Light, Meaning
from hal.kinds.key import KeyAction, KeyEvent
from hal.kinds.network_interface import NetworkInterfaceState
from hal.kinds.poe_supply import PoeFault, PoePort, PoeSupplyState, PortState
from hal.kinds.power import Going, PowerState
from hal.kinds.ptz_bus import Action, DomeComplaint, DomeState, PtzBusState, PtzProtocol, Quirk
from hal.kinds.relay import RelayRole, RelayState
from hal.kinds.remote import RemoteEvent, RemoteKey
from hal.kinds.sound import SoundState
from hal.kinds.supply import PowerSource, SupplyState
from hal.kinds.switch_port import SwitchPortState
from hal.kinds.temperature import Heat, TemperatureState
from hal.kinds.usb_port import UsbPortState
from hal.kinds.watchdog import WatchdogState

__all__ = [
    "Action",
    "AlarmInputState",
    "ArrayHealth",
    "ArraySet",
    "ArrayState",
    "Battery",
    "BayState",
    "BuzzerState",
    "CameraNetState",
    "ClockState",
    "Connector",
    "DiskState",
    "DisplayState",
    "DomeComplaint",
    "DomeState",
    "FanState",
    "FirmwareSlotState",
    "Going",
    "Heat",
    "IndicatorState",
    "InputFault",
    "InputRole",
    "KeyAction",
    "KeyEvent",
    "Light",
    "Meaning",
    "Member",
    "NetworkInterfaceState",
    "PoeFault",
    "PoePort",
    "PoeSupplyState",
    "PortState",
    "PowerSource",
    "PowerState",
    "PtzBusState",
    "PtzProtocol",
    "Quirk",
    "RelayRole",
    "RelayState",
    "RemoteEvent",
    "RemoteKey",
    "Rest",
    "Seat",
    "SoundState",
    "SupplyState",
    "SwitchPortState",
    "TemperatureState",
    "UsbPortState",
    "WatchdogState",
]
