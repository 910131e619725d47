"""Services: those of the recorder that run only while their owner wants them."""

from typing import Literal

from hal.admin.job import Run, must, run
from hal.kinds.verbs import verb

Name = Literal["rtsp"]


class Services:
    """What can be asked of services. All others are systemd's, which starts them by itself."""

    def __init__(self, run: Run = run) -> None:
        self._run = run

    @verb(destructive=True)
    def switch(self, *, name: Name, on: bool) -> None:
        """Have a service run, or end."""
        must(self._run, ["systemctl", "--no-block", "start" if on else "stop", f"nightjar-{name}.service"])
