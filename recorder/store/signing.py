"""The signing of what was sealed on a disk: the statements of keys, and heads over its log of roots."""

import logging

from recorder.client.errors import NightjarError
from recorder.store.attachment import Attachment
from recorder.store.errors import StoreError
from recorder.store.root_log import Signer
from recorder.store.rows import KeyRow
from recorder.store.volume import Volume
from recorder.store.whole_store import WholeStore

log = logging.getLogger("store")


class Signing:
    """Of one disk, in its own thread."""

    def __init__(self, attachment: Attachment, store: WholeStore) -> None:
        self._attachment, self._store = attachment, store
        self._unsigned_because = ""

    def new_keys(self, volume: Volume) -> list[KeyRow]:
        """Give the statements of keys that the disk does not have yet."""
        signer = self._store.signer
        if signer is None:
            return []
        try:
            return volume.roots.new_keys(signer)
        except (OSError, NightjarError) as error:
            self._cannot(error)
            return []

    def sign_what_is_due(self, volume: Volume) -> None:
        """Sign, where that is due and the volume is still attached."""
        if self._store.signer is not None and self._attachment.volume is volume and volume.roots.is_due():
            self.sign(volume)

    def sign(self, volume: Volume) -> None:
        """Sign what was sealed since the last time; every disk keeps the head."""
        signer = self._store.signer
        if signer is None:
            return
        try:
            self._sign(volume, signer)
        except OSError as error:
            self._attachment.give_up(self._attachment.disk.fault(error))
        except StoreError as error:
            self._attachment.give_up(error)

    def _sign(self, volume: Volume, signer: Signer) -> None:
        while True:
            try:
                head = volume.roots.sign(signer)
            except (OSError, NightjarError) as error:
                self._cannot(error)
                return
            if head is None:
                return
            volume.log([head])
            self._attachment.tell_index([head])
            self._store.tell_others(self._attachment.disk, head)

    def _cannot(self, error: Exception) -> None:
        """A key that is damaged never stops recording: what is sealed meanwhile waits for its signature."""
        if str(error) != self._unsigned_because:
            self._unsigned_because = str(error)
            log.error("disk %s: what is recorded cannot be signed (%s)", self._attachment.disk.path, error)
