"""Power: end the machine in good order, or start it again."""

from hal.admin.job import Run, must, run
from hal.kinds.verbs import verb


class Power:
    """What can be asked of the machine's power."""

    def __init__(self, run: Run = run) -> None:
        self._run = run

    @verb(destructive=True)
    def off(self) -> None:
        """Switch the recorder off; systemd ends every service first."""
        must(self._run, ["systemctl", "--no-block", "poweroff"])

    @verb(destructive=True)
    def reboot(self) -> None:
        """Start the recorder again."""
        must(self._run, ["systemctl", "--no-block", "reboot"])
