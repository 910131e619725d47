"""A network adapter or phone at USB gives the recorder no address, no route and no name server (peers: case 37)."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.image.test_units import ROOTFS

NETWORKD = Path("/usr/lib/systemd/systemd-networkd")
RULE = ROOTFS / "usr/lib/udev/rules.d/70-nightjar-network.rules"
NETWORK = ROOTFS / "usr/lib/systemd/network/80-nightjar.network"
SIMULATED = """
set -eu
mount -t sysfs sys /sys
mount -t tmpfs run /run
mkdir -p /run/udev/rules.d /run/udev/data /run/systemd/network
cp "$1" /run/udev/rules.d/
cp "$2" /run/systemd/network/
ip link add eth7 type veth peer name eth8
"""
"""A kernel's network of its own with two cards, and our files where udev and networkd read them."""
NAMES = """
udevadm test --action=add /sys/class/net/eth7 >/dev/null 2>&1
ls /sys/class/net
"""
ASKS = """
sed 's/^systemd-network:.*/systemd-network:x:0:0::\\/:\\/bin\\/false/' /etc/passwd >/run/passwd
mount --bind /run/passwd /etc/passwd
mkdir -p /run/systemd/netif
touch /run/udev/control
for card in eth7 eth8; do
    known=/run/udev/data/n$(cat /sys/class/net/$card/ifindex)
    echo I:1 >$known
    [ $card = eth8 ] || echo E:ID_BUS=usb >>$known
    printf 'G:systemd\\nQ:systemd\\nV:1\\n' >>$known
done
SYSTEMD_LOG_LEVEL=debug timeout "$4" "$3" 2>&1 || true
"""
LONG_S = 5
"""So long networkd runs; it has made up its mind about both cards within one."""
pytestmark = [pytest.mark.peer("namespaces"), pytest.mark.peer("networkd")]


def simulated(script, rule):
    asked = [
        "unshare",
        "-Urnm",
        "sh",
        "-c",
        SIMULATED + script,
        "sh",
        str(rule),
        str(NETWORK),
        str(NETWORKD),
        str(LONG_S),
    ]
    return subprocess.run(asked, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.parametrize("at_usb", [True, False])
def test_an_adapter_at_usb_takes_no_name_of_a_port_of_ours(tmp_path, at_usb):
    """No card of this kernel hangs at USB, so what says so is taken from the rule: udev does the rest."""
    rule = tmp_path / "70-test.rules"
    told = RULE.read_text()
    assert 'SUBSYSTEMS=="usb", ' in told
    rule.write_text(told.replace('SUBSYSTEMS=="usb", ', "") if at_usb else told)
    cards = simulated(NAMES, rule).split()
    assert ("eth7" in cards) is not at_usb
    assert bool([one for one in cards if re.fullmatch(r"plugged\d+", one)]) is at_usb
    assert "eth8" in cards


def test_networkd_asks_for_an_address_at_our_ports_and_leaves_what_hangs_at_usb_alone():
    said = simulated(ASKS, RULE)
    assert re.search(r"eth8: Configuring with \S*80-nightjar\.network", said), said
    assert "eth7: State changed: initialized -> unmanaged" in said, said
    assert "eth7: Configuring" not in said
