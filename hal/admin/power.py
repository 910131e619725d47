"""Power: start the machine again in good order. Its own key switches it off by hal, whom systemd lets do that."""

from hal.admin.job import Run, must, run
from hal.kinds.verbs import verb


class Power:
    """What can be asked of the machine's power."""

    def __init__(self, run: Run = run) -> None:
        self._run = run

    @verb(destructive=True)
    def reboot(self) -> None:
        """Start the recorder again; systemd ends every service first."""
        must(self._run, ["systemctl", "--no-block", "reboot"])
