"""What PoE supplies tell: frames of two controllers, lines, the kernel by ethtool; the first byte says which."""

import json
from pathlib import Path

from hal.drivers.poe_supply.ethtool_pse import EthtoolPse
from hal.drivers.poe_supply.exaviz import Exaviz
from hal.errors import HalError
from hal.machine import Ended, Machine
from hal.poe.budget import Budget
from hal.poe.port import Plan
from hal.protocols import pd692x0, realtek_mcu

DECLARED = (HalError,)
_ASKED = realtek_mcu.frame(0x42, 5, 1)
_SAID = realtek_mcu.frame(0x42, 5, 1, 2, 0x30)
_PD_ASKED = pd692x0.frame(0x02, 5, (*pd692x0.PORT_STATUS, 1))
_PD_SAID = pd692x0.frame(0x03, 5, (0x80, 1, 0), 3, 14)
_PSE = {
    "ifname": "lan1",
    "c33-pse-admin-state": "enabled",
    "c33-pse-power-detection-status": "delivering power",
    "c33-pse-power-class": 4,
    "c33-pse-actual-power": 1700,
}
SEEDS = (
    b"m" + _SAID,
    b"p" + _PD_SAID,
    b"x0-0: power-on 0 15.50 47.9375 0.05950/0.80000 33.1250/150.0000\n0-1: backoff ? 0.00 ? ?/? -4.5 error\n",
    b"k" + json.dumps([_PSE]).encode(),
)


class Line:
    def __init__(self, said):
        self.said = said

    def read(self, size, _timeout_s):
        return self.said[:size]

    def write(self, data):
        pass

    def fileno(self):
        return -1

    def close(self):
        pass


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    machine = Machine(
        dev=Path("/nonexistent"),
        sleep_s=lambda _seconds: None,
        run=lambda _argv, _timeout_s: Ended(0, rest, ""),
        serial=lambda _path, _settings: Line(rest),
    )
    supply = None
    match kind:
        case b"m":
            payload = realtek_mcu.payload_of(rest, _ASKED)
            assert realtek_mcu.measure_from(payload).volts < 5000
            realtek_mcu.info_from(payload)
        case b"p":
            sub, _data = pd692x0.answer_of(rest, _PD_ASKED)
            pd692x0.state_of(sub[0])
        case b"x":
            supply = Exaviz("PSE", machine, ("0-0", "0-1"), Budget(100.0))
        case _:
            supply = EthtoolPse("PSE", machine, Plan(interfaces=("lan1",)), Budget(100.0))
    if supply is not None:
        supply.open()
        assert all(0 <= port.watts < 1e6 for port in supply.state.ports)
