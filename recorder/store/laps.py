"""Laps of blocks: what the header of a new one says, and the key that its chunks are encrypted by."""

import secrets
from dataclasses import replace

from recorder.client.clock import Clock
from recorder.client.words import _
from recorder.store.block import BlockHeader
from recorder.store.cipher import DRAW_BYTES, SALT_BYTES, LapKey, nonce
from recorder.store.errors import Locked
from recorder.store.files import BlockFile
from recorder.store.identity import Identity
from recorder.store.ids import IdSource
from recorder.store.keys import PoolKey, PoolKeys
from recorder.store.layout import Cipher, KeyDerivation
from recorder.store.open_block import OpenBlock
from recorder.store.policy import StorePolicy
from recorder.store.rows import BlockRow


class Laps:
    """Of one disk, by the run that writes now."""

    def __init__(self, identity: Identity, ids: IdSource, kernel_boot: bytes, clock: Clock, keys: PoolKeys) -> None:
        self._identity, self._ids, self._kernel_boot, self._clock, self._keys = identity, ids, kernel_boot, clock, keys
        # In the nonce of every chunk from now on: a sequence that was tried before a power cut or a failed write, and
        # may be on the disk in part, is tried again with another nonce.
        self._draw = secrets.token_bytes(DRAW_BYTES)

    def nonce(self, sequence: int) -> bytes:
        """Give the nonce of a chunk: never the same twice in a lap."""
        return nonce(sequence, self._draw)

    def key_for(self, pool: int, policy: StorePolicy) -> PoolKey | None:
        """Give the key to write to a pool by, None where it is not encrypted; raises `Locked`."""
        if not policy.pool(pool).encrypted:
            return None
        key = self._keys.writing(pool)
        if key is None:
            raise Locked(what=_("Disk {disk}").format(disk=self._identity.name))
        return key

    def begin(self, row: BlockRow, file: BlockFile, key: PoolKey | None) -> OpenBlock:
        """Begin the lap of a block that was claimed."""
        opened = OpenBlock(row, self.header(row), file)
        if key is not None:
            opened.header = replace(
                opened.header,
                cipher=Cipher.AES_256_GCM,
                key_derivation=KeyDerivation.HKDF_SHA_256,
                key_number=key.number,
            )
            opened.lap = LapKey(key.secret, opened.header.salt, self._identity.id_bytes, row.incarnation)
        return opened

    def resume(self, opened: OpenBlock, header: BlockHeader | None) -> bool:
        """Take up the key of a block's lap; False where the block must be sealed as it is, and another lap begun."""
        if header is None or header.incarnation != opened.row.incarnation:
            # Never written, or lost: its salt is in the chunks at most.
            return not any(one.is_encrypted for one in opened.entries)
        opened.header = header
        if header.cipher == Cipher.NONE:
            return True
        secret = self._keys.of(header.key_number)
        if secret is None:
            return False
        opened.lap = LapKey(secret, header.salt, header.disk, header.incarnation)
        return True

    def header(self, row: BlockRow) -> BlockHeader:
        """Give the header of a lap."""
        return BlockHeader(
            row.block_class,
            0,
            row.number,
            self._identity.id_bytes,
            row.incarnation,
            row.lap,
            self._identity.block_bytes,
            row.serial,
            self._ids.recorder,
            self._ids.boot,
            row.channel,
            row.stream,
            0,
            self._kernel_boot,
            row.opened_us,
            self._clock.monotonic_us(),
            row.pool,
            0,
            0,
            0,
            secrets.token_bytes(SALT_BYTES),
        )
