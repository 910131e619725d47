"""The rebuild of a disk's catalog from its blocks, in the disk's own thread, and how far it is."""

import logging

from recorder.client.words import _
from recorder.store.disk import Disk
from recorder.store.errors import StoreError
from recorder.store.rebuild import Rebuilding, rebuild_catalog

log = logging.getLogger("store")


class DiskRebuild:
    """The one that was asked for last; any thread may look how far it is."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self.state: Rebuilding | None = None

    @property
    def percent(self) -> int | None:
        """How far it is; None while there is none under way."""
        state = self.state
        return None if state is None or state.over else 100 * state.done // state.total

    def begin(self) -> bool:
        """Have others see it at once; False where one is under way."""
        if self.percent is not None:
            return False
        self.state = Rebuilding(0, 1)
        return True

    def run(self, after: int) -> None:
        """Make the catalog anew; the disk must be detached. `after` is the newest checkpoint that was seen of it."""
        self.state = Rebuilding(0, 1)

        def progress(_name: str, done: int, total: int) -> None:
            self.state = Rebuilding(done, total)

        disk = self._disk
        try:
            used = rebuild_catalog(disk.path, progress, after)
        except StoreError as error:
            self.state = self.state._replace(over=True, failed=str(error))
        except OSError as error:
            self.state = self.state._replace(over=True, failed=str(disk.fault(error)))
        else:
            words = _("Footage was found in {used} blocks of disk {disk}.").format(used=used, disk=disk.path.name)
            self.state = Rebuilding(1, 1, over=True, words=words)
            log.info("disk %s: catalog made anew from %d blocks", disk.path, used)
