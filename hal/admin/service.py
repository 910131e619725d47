"""Services: start one of the recorder's own again."""

from typing import Literal

from hal.admin.job import Run, must, run
from hal.kinds.verbs import verb

Name = Literal["media", "reader", "decode", "control", "rtsp", "web", "gui", "detect", "hal"]


class Services:
    """What can be asked of services."""

    def __init__(self, run: Run = run) -> None:
        self._run = run

    @verb(destructive=True)
    def restart(self, *, name: Name) -> None:
        """Start a service again; no other than the recorder's own."""
        must(self._run, ["systemctl", "--no-block", "restart", f"nightjar-{name}.service"])
