"""How a recording disk stands: attached for writing or shown only, let go when it fails, taken up when it is back."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

from recorder.client.clock import SECOND_US, Clock
from recorder.client.status import DiskDoubt, DiskState
from recorder.client.words import _, counted
from recorder.store.disk import Disk, Figures
from recorder.store.disk_rebuild import DiskRebuild
from recorder.store.disk_share import DiskShare
from recorder.store.disk_trust import DiskTrust
from recorder.store.errors import BadBlock, DiskReadOnly, StoreError
from recorder.store.identity import Identity
from recorder.store.known_disks import Doubtful
from recorder.store.pacing import Pacing
from recorder.store.policy import DiskUse
from recorder.store.remembered import Remembered
from recorder.store.rows import Row
from recorder.store.showing import Shown, show
from recorder.store.volume import Volume
from recorder.store.whole_store import WholeStore

log = logging.getLogger("store")

PROBE_US = 2 * SECOND_US
"""How often a disk is looked for, and looked at."""
REMEMBER_US = 300 * SECOND_US
"""How often is written down how far a catalog has come: an older copy of a disk is told by that."""
MOST_BAD_BLOCKS = 64
"""So many blocks may refuse writes and be left out; a disk where more do is dying, and fails."""


class Attachment:
    """Of one disk, in its own thread; `volume`, `shown` and `here` are replaced there and read by all."""

    def __init__(
        self,
        disk: Disk,
        store: WholeStore,
        clock: Clock,
        share: DiskShare,
        pacing: Pacing,
        left: Callable[[], None],
    ) -> None:
        """`left` is called when a volume is closed that others may still have in mind."""
        self.disk = disk
        self._store, self._clock, self._share, self._pacing, self._left = store, clock, share, pacing, left
        self.volume: Volume | None = None
        self.shown: Shown | None = None
        """What is on a disk that is attached for reading only."""
        self.here = ""
        """The id of what is at the disk's place, as it was seen last."""
        self.trust = DiskTrust(disk, store)
        self.rebuilt = DiskRebuild(disk)
        self._written_before: Identity | None = None
        """The disk that was recorded to here last: it is the one that is missed."""
        self._instead_of = ""
        """The name of the disk in whose place a new one is recorded to."""
        self._saved_us = clock.monotonic_us()
        self._probe_at_us = 0

    @property
    def use(self) -> DiskUse:
        """What the policy wants of the disk."""
        identity = self.disk.identity
        return self._store.policy.use_of(identity.id if identity else "")

    @property
    def memory(self) -> Remembered:
        """What this run knows of the disk."""
        identity = self.disk.identity
        return self._store.memory.of(identity.id if identity else "")

    @property
    def taken(self) -> Mapping[int, int]:
        """Bytes by channel."""
        volume, shown = self.volume, self.shown
        return volume.tally.bytes if volume is not None else shown.taken if shown is not None else {}

    def identify(self) -> None:
        """Look who is at the disk's place."""
        self.here = self.disk.peek()

    def probe_soon(self) -> None:
        """Look at the disk at the next step."""
        self._probe_at_us = 0

    def ready(self) -> bool:
        """Look every now and then whether the disk is there, attach it or let it go; whether it is written now."""
        now = self._clock.monotonic_us()
        if now >= self._probe_at_us:
            self._probe_at_us = now + PROBE_US
            attached = self.volume is not None or self.shown is not None
            if attached and not self.disk.is_still_there():
                self.give_up(None)
                attached = False
            if self.shown is not None and self._may_write_again():
                attached = False
            identity = self.disk.identity
            if not attached:
                self._attach()
            elif identity is not None and self._store.index.needs(identity.id_bytes):
                self._bring_up_index(identity)
            if identity is not None:
                self._remember(identity)
        return self.volume is not None

    def _may_write_again(self) -> bool:
        """Whether what kept a disk that is only shown from being written may be over."""
        if self.use.read_only:
            return False
        if self.trust.doubt is not DiskDoubt.NONE:
            return self.trust.may_have_changed()
        return not self.disk.refuses_writes()

    def _attach(self) -> None:
        began = time.monotonic()
        self.shown = None
        self.trust.begin()
        self.identify()
        if self.here and self.trust.is_clone():
            self.disk.detach()
            words = _("another disk has the same id; choose which of them is the one to go on with, and adopt it")
            self.disk.set_state(DiskState.READ_ONLY, words)
            return
        store = self._store
        try:
            identity = self.disk.attach()
            if self.use.read_only:
                self.show(_("set to reading only"))
                return
            run = store.ids, store.kernel_boot, self._clock, store.keys
            memory = self.memory
            volume = self.volume = Volume(self.disk, *run, self.trust.judge, memory.bad, memory.unfinished)
        except Doubtful as error:
            self.trust.doubt = error.doubt
            log.warning("disk %s: nothing is written to it: %s", self.disk.path, error)
            self.show(str(error))
            return
        except (StoreError, OSError) as error:
            self._not_attached(self.disk.fault(error) if isinstance(error, OSError) else error)
            return
        self.trust.made_anew = False
        self.memory.unfinished.clear()
        self._settle_in(identity)
        self.disk.set_state(DiskState.WRITABLE, self.words())
        self._bring_up_index(identity)
        store.known.saw(identity.id, volume.catalog.position)
        store.attached(self.disk, volume.catalog.contents)
        store.recovered(volume)
        self.tell_figures()
        log.info("disk %s: recovered in %.2f s", identity.name, time.monotonic() - began)
        if not volume.direct:
            log.warning("disk %s: its file system has no direct writes; they go through the page cache", identity.name)

    def _not_attached(self, fault: StoreError) -> None:
        if self._leaves_out(fault):
            self._attach()
        elif self.trust.may_make_anew(fault, self.here):
            self.trust.made_anew = True
            self._lost(fault)
            log.warning("disk %s: its catalog is made anew from the recordings", self.disk.path)
            self.rebuild()
        elif isinstance(fault, DiskReadOnly):
            why = _("set to reading only") if self.use.read_only else str(fault.details.get("problem", ""))
            self.show(self.trust.doubted() or why)
        else:
            self._lost(fault)

    def _settle_in(self, identity: Identity) -> None:
        """Record to a disk from now on; one that was not here before is trusted like a new one."""
        before, self._written_before = self._written_before, identity
        if before is not None and before.id != identity.id:
            log.info("disk %s: %s is here now, where %s was", self.disk.path, identity.name, before.name)
            self._share.reset()
            self._instead_of = "" if self._store.known.knows(identity.id) else before.name

    def _remember(self, identity: Identity) -> None:
        """Let the recorder know now and then how far the catalog has come."""
        now = self._clock.monotonic_us()
        if self.volume is not None and now - self._saved_us >= REMEMBER_US:
            self._saved_us = now
            self._store.known.saw(identity.id, self.volume.catalog.position)

    def _bring_up_index(self, identity: Identity) -> None:
        if self.volume is not None:
            self._store.index.open_disk(identity, self.disk.path, self.volume.catalog)
        else:
            self.show(self.disk.reason)

    def show(self, why: str) -> None:
        """Let what is on the disk be found and played, without writing to it."""
        try:
            if self.disk.directory < 0:
                self.disk.attach(exclusive=False)
            shown = show(self.disk, self._store.index)
        except StoreError as error:
            self._lost(error)
            return
        except OSError as error:
            self._lost(self.disk.fault(error))
            return
        self.shown = shown
        self.disk.figures = Figures(shown.used_bytes, shown.oldest)
        self.disk.set_state(DiskState.READ_ONLY, why)

    def show_in_order(self) -> None:
        """Show a disk that its owner takes out of use: what is put in its place is a new disk, and no mistake."""
        self._written_before = None
        self.show(_("set to reading only"))

    def adopt(self) -> None:
        """Take the owner's word that the disk is to be written here."""
        self.trust.adopt(self.here)
        self.shown = None
        self.probe_soon()

    def rebuild(self) -> None:
        """Make the catalog anew from the blocks; a volume must have been closed in good order."""
        self._left()
        self.disk.detach()
        self.shown = None
        self.rebuilt.run(self._store.known.sequence_of(self.here))
        self.probe_soon()

    def failed(self, error: OSError | StoreError) -> None:
        """Give the volume up; where one block alone refused a write, take it up again at once, without that block."""
        fault = self.disk.fault(error) if isinstance(error, OSError) else error
        if self._leaves_out(fault):
            self._close()
            self._attach()
        else:
            self.give_up(fault)

    def give_up(self, error: StoreError | None) -> None:
        """Close the volume; None: the disk is no longer where it was."""
        self._close()
        if error is None:
            self.here = ""
            self.trust.made_anew = False
            self.disk.detach()
            # What is missed is the disk that was recorded to, not one that lay in its place for a while.
            self.disk.identity = self._written_before or self.disk.identity
        else:
            self._lost(error)
        self._probe_at_us = self._clock.monotonic_us() + PROBE_US

    def _close(self) -> None:
        self._left()
        self.shown = None
        if self.volume is not None:
            self.volume.close()
            self.volume = None

    def _lost(self, error: StoreError) -> None:
        known = self.disk.state
        self.disk.detach()
        self.disk.fail(error)
        if self.disk.state != known:
            log.warning("disk %s: %s (%s)", self.disk.path, self.disk.state, error)

    def _leaves_out(self, fault: StoreError) -> bool:
        """Whether the disk can be used again at once, without the block that refused."""
        if not isinstance(fault, BadBlock) or len(self.memory.bad) >= MOST_BAD_BLOCKS:
            return False
        log.error("disk %s: block %d is left out: %s", self.disk.path, fault.number, fault)
        self.memory.bad.add(fault.number)
        return True

    def words(self) -> str:
        """What an owner should know of a disk that is recorded to."""
        bad = self.memory.bad
        if bad:
            return counted(
                "It takes no more writes in {count} place. Recording goes on beside it; replace the disk soon.",
                "It takes no more writes in {count} places. Recording goes on beside them; replace the disk soon.",
                len(bad),
            )
        if self._instead_of:
            words = _("It is new here, where {disk} was before. Put that into another place and it plays, too.")
            return words.format(disk=self._instead_of)
        return ""

    def tell_index(self, rows: Sequence[Row]) -> None:
        """Have the index know what is durable, and forget what a checkpoint forgot."""
        volume = self.volume
        assert volume is not None
        catalog = volume.catalog
        gone = catalog.contents.take_forgotten()
        if gone:
            self._store.forgot(gone)
        self._store.index.apply(volume.identity.id_bytes, catalog.position, [*rows, *gone])

    def tell_figures(self) -> None:
        """Say how full the disk is, and how fast it fills."""
        volume = self.volume
        if volume is not None:
            rate = round(self._pacing.bytes_per_s)
            self.disk.figures = Figures(volume.used_bytes(), volume.oldest(), rate, nearly_full=volume.cannot_release)
