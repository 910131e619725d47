"""The network: what systemd-networkd is told of each interface (systemd.network(5))."""

import ipaddress
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from hal.admin.job import Run, must, run
from hal.errors import BadRequest
from hal.kinds.verbs import verb

FOLDER = Path("systemd/network")
PREFIX = "20-nightjar-"
MOST = 32
Interface = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]{0,14}$")]


class InterfacePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One interface. Addresses carry their prefix, as in 192.168.1.20/24."""

    name: Interface
    dhcp: bool = False
    addresses: tuple[str, ...] = ()
    gateway: str = ""
    nameservers: tuple[str, ...] = ()
    mtu: Annotated[int, Meta(ge=1280, le=9000)] = 1500

    def text(self) -> str:
        """Write the file; every address is parsed and written anew, so that nothing else gets into it."""
        lines = ["[Match]", f"Name={self.name}", "", "[Link]", f"MTUBytes={self.mtu}", "", "[Network]"]
        lines += [f"DHCP={'yes' if self.dhcp else 'no'}"]
        try:
            lines += [f"Address={ipaddress.ip_interface(one)}" for one in self.addresses]
            lines += [f"Gateway={ipaddress.ip_address(self.gateway)}"] if self.gateway else []
            lines += [f"DNS={ipaddress.ip_address(one)}" for one in self.nameservers]
        except ValueError as error:
            raise BadRequest(f"{self.name}: {error}") from None
        return "\n".join(lines) + "\n"


class Networks:
    """What can be asked of the network."""

    def __init__(self, etc: Path, run: Run = run) -> None:
        self._folder = etc / FOLDER
        self._run = run

    @verb(destructive=True)
    def apply(self, *, interfaces: tuple[InterfacePlan, ...]) -> None:
        """Set these interfaces up, and forget those that are not named; raises `BadRequest` before anything changes."""
        if not 1 <= len(interfaces) <= MOST or len({one.name for one in interfaces}) != len(interfaces):
            raise BadRequest(f"Between 1 and {MOST} interfaces, each once")
        files = {f"{PREFIX}{one.name}.network": one.text() for one in interfaces}
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            fresh = self._folder / f"{name}.new"
            fresh.write_text(text)
            fresh.replace(self._folder / name)
        for old in self._folder.glob(f"{PREFIX}*.network"):
            if old.name not in files:
                old.unlink()
        must(self._run, ["networkctl", "reload"])
