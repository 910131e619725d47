"""The machine's switch by systemd, which ends every service in order first."""

from hal.errors import Offline
from hal.kinds.power import Going, Power
from hal.machine import Machine

PATIENCE_S = 10.0


class SystemdPower(Power):
    """`systemctl poweroff` and `reboot`; policy lets hal's user ask for them."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._run = machine.run

    def open(self) -> None:
        """Look whether systemd is there."""
        self._run(["systemctl", "--version"], PATIENCE_S)
        self.come_online()

    def close(self) -> None:
        """Go."""

    def shut_down(self) -> None:
        """Switch off in order."""
        self._go("poweroff", Going.DOWN)

    def restart(self) -> None:
        """Start anew in order."""
        self._go("reboot", Going.AROUND)

    def _go(self, verb: str, going: Going) -> None:
        self.require_online()
        ended = self._run(["systemctl", "--no-ask-password", verb], PATIENCE_S)
        if ended.status:
            raise Offline(f"the system refused to {verb}: {ended.complaint[:200]}")
        self.change(going=going)


DRIVER = SystemdPower
