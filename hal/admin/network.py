"""The network: the owner's plan in files of systemd-networkd (`hal.network`)."""

from pathlib import Path

from hal.admin.job import Run, must, run
from hal.kinds.verbs import verb
from hal.network.networkd import PREFIX, files
from hal.network.plan import NetworkPlan

FOLDER = Path("systemd/network")


class Networks:
    """What can be asked of the network."""

    def __init__(self, etc: Path, run: Run = run) -> None:
        self._folder = etc / FOLDER
        self._run = run

    @verb(destructive=True)
    def apply(self, *, plan: NetworkPlan) -> None:
        """Set the interfaces up as planned, and forget earlier plans; raises `BadRequest` before anything changes."""
        told = files(plan)
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, text in told.items():
            fresh = self._folder / f"{name}.new"
            fresh.write_text(text)
            fresh.replace(self._folder / name)
        for old in self._folder.glob(f"{PREFIX}*"):
            if old.name not in told:
                old.unlink()
        must(self._run, ["networkctl", "reload"])
