"""The same verbs over the simulated slots: a bundle is checked as on a recorder, and written to no disk."""

import time
from collections.abc import Callable
from pathlib import Path

from hal.admin.firmware import AGAIN_SHARE, CHECKED_SHARE, Firmwares, How
from hal.admin.job import Run, job, run
from hal.errors import Refused
from hal.firmware.inspection import Inspection
from hal.machine import Machine
from hal.simulated.flash import Flash

BOARD = "nightjar-simulated"
FOLDER = Path("hardware/update")
"""Below the data directory: the authorities, and RAUC's configuration (`nightjar update sample` makes them)."""
INSTALL_S = 4.0
STEPS = 40
CONFIGURATION = f"""[system]
compatible={BOARD}
bootloader=noop
bundle-formats=verity

[keyring]
path=release.pem
check-purpose=codesign
use-bundle-signing-time=true
"""


class SimulatedFirmwares(Firmwares):
    """The firmware of a laptop's recorder."""

    def __init__(self, data: Path, run: Run = run, sleep_s: Callable[[float], None] = time.sleep) -> None:
        keys = data / FOLDER
        machine = Machine(etc=keys, root=keys)
        super().__init__(machine, data / "state" / "updates", data / "hardware" / "vault", keys, run)
        self._flash = Flash(data)
        self._sleep_s = sleep_s
        self._data = data

    def slots(self) -> str:
        """Refuse: the simulated slots tell of themselves."""
        raise Refused("The simulated slots tell of themselves")

    def mark(self, *, slot: str, how: How) -> None:
        """Refuse: the simulated slots are asked themselves."""
        del slot, how
        raise Refused("The simulated slots are asked themselves")

    def _board(self) -> str:
        configuration = self._keys / "rauc" / "system.conf"
        if not configuration.exists():
            configuration.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            configuration.write_text(CONFIGURATION)
        return BOARD

    def _version(self) -> str:
        now = self._flash.look()
        slot = now.slots.get(now.booted)
        return slot.version if slot is not None else ""

    def _recorder(self) -> str:
        return "simulated"

    def _inspect(self, path: Path, token: str, share: float = CHECKED_SHARE) -> Inspection:
        self._board()
        return super()._inspect(path, token, share)

    def _write(self, path: Path, found: Inspection) -> None:
        del path
        for step in range(STEPS):
            percent = AGAIN_SHARE + (100 - AGAIN_SHARE) * step / STEPS
            job().tell(percent, "the new firmware is written")
            self._sleep_s(INSTALL_S / STEPS)
        self._flash.write(found.version)
