"""The firewall: which ports are open beside those that always are, and to whom (nft(8)).

What is always open, and that all else is dropped, stands in `rootfs/usr/lib/nightjar/firewall.nft`. Of that table only
the chain `opened` is changed here.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hal.admin.job import Run, must, run
from hal.errors import BadRequest
from hal.kinds.verbs import verb
from hal.network.addresses import network

MOST = 256
Port = Annotated[int, Meta(ge=1, le=65535)]
CHAIN = "inet nightjar opened"


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A port that is open: to everybody, or to networks such as 192.168.1.0/24."""

    port: Port
    protocol: Literal["tcp", "udp"] = "tcp"
    sources: tuple[str, ...] = ()

    def rules(self) -> list[str]:
        """Write the rules; every network is parsed and written anew, so that nothing else gets into them."""
        try:
            networks = [network(one, strict=False) for one in self.sources]
        except ValueError as error:
            raise BadRequest(f"port {self.port}: {error}") from None
        if not networks:
            return [f"{self.protocol} dport {self.port} accept"]
        family = {4: "ip", 6: "ip6"}
        return [f"{family[one.version]} saddr {one} {self.protocol} dport {self.port} accept" for one in networks]


class Firewalls:
    """What can be asked of the firewall."""

    def __init__(self, run: Run = run) -> None:
        self._run = run

    @verb(destructive=True)
    def apply(self, *, openings: tuple[Opening, ...]) -> None:
        """Open these ports and no others, in one step; raises `BadRequest`, `ProgramFailed`."""
        if len(openings) > MOST:
            raise BadRequest(f"At most {MOST} ports")
        rules = [f"add rule {CHAIN} {rule}" for one in openings for rule in one.rules()]
        must(self._run, ["nft", "-f", "-"], "\n".join([f"flush chain {CHAIN}", *rules, ""]).encode())
