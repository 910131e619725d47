"""The light of a bay at an AHCI port, by enclosure management messages (SGPIO).

Facts: notes/appliance.md §1.5, from ledmon `src/lib/ahci.c`: decimal numbers to `em_message`, 1.5 ms apart.
The port is found by its controller's PCI address and its number there, because host numbers change with every start.
"""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from hal.drivers.indicator.bay import MEANING, BayLight
from hal.errors import Offline
from hal.kinds.indicator import Colour, Light, Meaning
from hal.machine import Machine

PAUSE_S = 0.0015
MESSAGES = {Meaning.REBUILD: 0x00480000, Meaning.FAULT: 0x00400000, Meaning.LOCATE: 0x00080000}
NORMAL = 0


class AhciEm(BayLight):
    """The light of the bay at one port; all ports of a controller are one bus, `ahci` if the board says so."""

    unproven = "Written from the source of ledmon; no controller was seen to light a bay yet."

    def __init__(
        self,
        name: str,
        machine: Machine,
        controller: Annotated[str, Meta(pattern=r"^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\Z")],
        port: Annotated[int, Meta(ge=1, le=32)],
        group: str = "",
        bus: str = "ahci",
    ) -> None:
        super().__init__(name, group or name)
        del bus
        self._machine = machine
        self._controller = controller
        self._port = port
        self._message: Path | None = None

    def open(self) -> None:
        """Find the port and shine as told."""
        host = self._host()
        told = host / "em_message_supported"
        if not told.exists() or not {"sgpio", "led"} & set(told.read_text().split()):
            raise Offline(f"{self._controller} has no lights for its bays")
        self._message = host / "em_message"
        self.light_up()

    def _host(self) -> Path:
        for host in sorted((self._machine.sys / "class/scsi_host").glob("host*")):
            parts = host.resolve().parts
            ata = next((part for part in parts if part.startswith("ata") and part[3:].isdigit()), None)
            if ata is None or self._controller not in parts:
                continue
            number = self._machine.sys / "class/ata_port" / ata / "port_no"
            if number.read_text().strip() == str(self._port):
                return host
        raise Offline(f"{self._controller} has no port {self._port}")

    def close(self) -> None:
        """Go dark."""
        if self._message is not None:
            self.rest()
            self._message = None

    def shine(self, light: Light, colour: Colour) -> None:
        """Send the message; the controller needs its time between two."""
        del colour
        if self._message is not None:
            self._machine.sleep_s(PAUSE_S)
            number = MESSAGES[MEANING[light]] if light in MEANING else NORMAL
            self._message.write_text(str(number))


DRIVER = AhciEm
