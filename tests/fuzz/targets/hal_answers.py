"""What devices and services tell: monitors, UPS servers, leases, network tools, RAUC; the first byte says which."""

import contextlib
import json
from pathlib import Path

from hal.drivers.firmware_slot.rauc import RaucSlot
from hal.drivers.network_interface.linux import LinuxInterface
from hal.drivers.sound.alsa import AlsaSound
from hal.drivers.supply.nut import NutSupply
from hal.drivers.switch_port.bridge import BridgePort
from hal.errors import HalError
from hal.kernel import rtc
from hal.machine import Ended, Machine
from hal.network import dnsmasq
from hal.protocols.edid import read_edid

DECLARED = (HalError,)
NOWHERE = Path("/nonexistent")
_EDID = bytes.fromhex("00ffffffffffff0010ac") + bytes(44) + bytes.fromhex("023a801871382d40582c4500") + bytes(62)
_LINK = {
    "ifname": "eth0",
    "flags": ["UP", "LOWER_UP"],
    "mtu": 1500,
    "address": "02:00:00:00:00:01",
    "addr_info": [{"local": "192.168.1.5", "prefixlen": 24, "scope": "global"}],
    "stats64": {"rx": {"bytes": 1, "errors": 0}, "tx": {"bytes": 2, "errors": 0}},
}
_SLOT = {"bootname": "A", "state": "booted", "boot_status": "good", "slot_status": {"bundle": {"version": "1"}}}
SEEDS = (
    b"e" + _EDID + b"\x00",
    b"u" + b'BEGIN LIST VAR u\nVAR u ups.status "OL CHRG"\nVAR u battery.charge "87"\nEND LIST VAR u\n',
    b"l" + b"1795703305 d2:f5:ae:9c:ff:4b 10.1.1.11 front-door 01:d2:f5:ae:9c:ff:4b\n",
    b"h" + b"02:00:00:00:00:01,10.1.1.11\n",
    b"i" + json.dumps([_LINK]).encode(),
    b"b" + b'[{"mac":"02:00:00:00:00:01","flags":["LOWER_UP"],"state":"","isolated":true}]',
    b"r" + json.dumps({"boot_primary": "s.0", "slots": [{"s.0": _SLOT}]}).encode(),
    b"a" + b"  Mono: Playback 60 [70%] [-0.75dB] [on]\n",
    b"c" + rtc.pack_time(1_800_000_000),
)


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    machine = Machine(sys=NOWHERE, proc=NOWHERE, run=lambda _argv, _timeout_s: Ended(0, rest, ""))
    match kind:
        case b"u":
            supply = NutSupply("UPS", machine, ups="u")
            supply._ask = lambda: supply.read(rest)
            supply.open()
            assert all(
                0 <= one < 1e7 for one in (supply.state.charge_percent, supply.state.runtime_s) if one is not None
            )
        case b"l":
            for mac, (_address, name) in dnsmasq.read_leases(rest.decode(errors="replace")).items():
                assert dnsmasq.MAC.fullmatch(mac)
                assert name.isascii()
        case b"h":
            said = dnsmasq.read_host(rest.decode(errors="replace"))
            assert said is None or dnsmasq.read_host(dnsmasq.host(*said)) == said
        case b"i":
            LinuxInterface("LAN", machine, interface="eth0").open()
        case b"b":
            port = BridgePort("PORT", machine, interface="lan1", number=1)
            port.open()
            assert len(port.state.macs) <= 32
        case b"r":
            RaucSlot("A", machine, bootname="A").open()
        case b"a":
            card = AlsaSound("OUT", Machine(proc=Path("/"), run=machine.run), card="proc")
            card.open()
            assert 0 <= card.state.volume_percent <= 100
        case b"c" if len(rest) == rtc.TIME.size:
            _kept(lambda: rtc.unpack_time(rest))
        case _:
            _kept(lambda: read_edid(rest[:127] + bytes([-sum(rest[:127]) % 256])))


def _kept(read: object) -> None:
    """A `ValueError` is what these two declare."""
    with contextlib.suppress(ValueError):
        read()
