"""Whether a disk may be written: who it is, who wrote it last, and whether its catalog is the newest there is (S4)."""

import logging

from recorder.client.status import DiskDoubt
from recorder.client.words import _
from recorder.store.catalog import Catalog
from recorder.store.disk import Disk
from recorder.store.errors import CutCatalog, StoreError, UnreadableCatalog
from recorder.store.known_disks import Doubtful
from recorder.store.layout import CATALOG_FILE
from recorder.store.whole_store import WholeStore

log = logging.getLogger("store")


class DiskTrust:
    """Of one disk, in its own thread."""

    def __init__(self, disk: Disk, store: WholeStore) -> None:
        self._disk, self._store = disk, store
        self.doubt = DiskDoubt.NONE
        self._decisions = 0
        self.made_anew = False
        """Its catalog was made anew because a sector was unreadable, and the disk was not attached since."""

    def begin(self) -> None:
        """Forget the doubt of the last time: the disk is looked at anew."""
        self.doubt, self._decisions = DiskDoubt.NONE, self._store.known.decisions

    def is_clone(self) -> bool:
        """Whether another disk is there with the same id, which may be the one that is meant."""
        if not self._store.has_twin(self._disk):
            return False
        self.doubt = DiskDoubt.CLONE
        return True

    def may_have_changed(self) -> bool:
        """Whether an owner decided something since the disk was doubted."""
        return self._decisions != self._store.known.decisions

    def may_make_anew(self, fault: StoreError, here: str) -> bool:
        """Whether to make the catalog anew unasked: of a disk that is known to be ours, and once."""
        ours = isinstance(fault, CutCatalog) or (isinstance(fault, UnreadableCatalog) and self._store.known.knows(here))
        return ours and not self.made_anew

    def judge(self, catalog: Catalog) -> None:
        """Raise `Doubtful` and `CutCatalog` where nothing may be written."""
        identity = self._disk.identity
        assert identity is not None
        # What was made anew just now is the newest, whatever stands in a half that neither reads nor writes.
        cut = catalog.is_cut or (catalog.may_be_old and not self.made_anew)
        try:
            self._store.known.judge(identity, self._disk.path.name, catalog, self._store.ids.recorder)
        except Doubtful as error:
            # What ends at a bad sector is no older copy.
            if error.doubt is not DiskDoubt.STALE or not cut:
                raise
        if cut:
            raise CutCatalog(what=_("the catalog of disk {disk}").format(disk=identity.name))

    def doubted(self) -> str:
        """Judge a disk whose mount takes no writes, as one that nobody knows yet (S4); gives the words of a doubt."""
        try:
            self.judge(self._catalog())
        except Doubtful as error:
            self.doubt = error.doubt
            return str(error)
        except (StoreError, OSError) as error:
            log.debug("disk %s: %s", self._disk.path, error)
        return ""

    def adopt(self, here: str) -> None:
        """Take the owner's word that the disk `here` is to be written in this place."""
        catalog: Catalog | None = None
        try:
            catalog = self._catalog()
        except (StoreError, OSError) as error:
            log.warning("disk %s: %s", self._disk.path, error)
        self._store.known.adopt(here, self._disk.path.name, catalog)

    def _catalog(self) -> Catalog:
        """Read the catalog without writing; raises `StoreError` and `OSError`."""
        disk = self._disk
        identity = disk.attach(exclusive=False)
        file = disk.files.open_to_read(CATALOG_FILE, disk.directory)
        try:
            return Catalog(file, file, identity)
        finally:
            file.close()
