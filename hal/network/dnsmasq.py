"""The words of dnsmasq: its settings for a camera net, the hosts it reads and the leases it writes."""

import ipaddress
import re
from pathlib import Path

LEASE_TIME = "1h"
LONGEST_NAME = 64
MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
SHOWN = re.compile(r"[^A-Za-z0-9._-]")


def settings(interface: str, net: ipaddress.IPv4Interface, hosts: Path, leases: Path) -> str:
    """Write the settings: addresses for known cameras only, no names, no way out, time from us."""
    return "\n".join(
        [
            "port=0",
            f"interface={interface}",
            "bind-dynamic",
            f"dhcp-range={net.network.network_address},static,{net.netmask},{LEASE_TIME}",
            f"dhcp-hostsdir={hosts}",
            f"dhcp-leasefile={leases}",
            "dhcp-authoritative",
            "dhcp-option=option:router",
            "dhcp-option=option:dns-server",
            f"dhcp-option=option:ntp-server,{net.ip}",
            "",
        ]
    )


def host_name(mac: str) -> str:
    """The name of the file that seats a camera."""
    return mac.replace(":", "")


def host(mac: str, address: str) -> str:
    """The line that seats a camera."""
    return f"{mac},{address}\n"


def read_host(line: str) -> tuple[str, str] | None:
    """MAC and address of such a line; None if it is none."""
    mac, _comma, address = line.strip().partition(",")
    if not MAC.fullmatch(mac):
        return None
    try:
        return mac, str(ipaddress.IPv4Address(address))
    except ValueError:
        return None


def read_leases(text: str) -> dict[str, tuple[str, str]]:
    """Address and hostname by MAC. What a camera calls itself is foreign: only plain letters of it are kept."""
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 4 and MAC.fullmatch(words[1]):
            name = "" if words[3] == "*" else SHOWN.sub("", words[3])[:LONGEST_NAME]
            found[words[1]] = words[2], name
    return found
