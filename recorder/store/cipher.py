"""The encryption of payloads: AES-256-GCM (NIST SP 800-38D) with a key of its own for each lap of each block.

The key of a lap is HKDF-SHA-256 (RFC 5869) of the pool's key, with the lap's random salt and the disk's id and the
incarnation as info. A nonce is the sequence of the chunk in its lap and the draw of the run that wrote it.
"""

from typing import TYPE_CHECKING

from recorder.store.errors import Damaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import GCM

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 32
DRAW_BYTES = 8
_AES_BLOCK = 16
# SP 800-38D §7.1: counter 1 makes the tag, the payload begins with counter 2.
_FIRST_COUNTER = 2


def nonce(sequence: int, draw: bytes) -> bytes:
    """Give the nonce of a chunk."""
    return sequence.to_bytes(4, "little") + draw


class LapKey:
    """The key of one lap of a block. Safe from any thread."""

    def __init__(self, pool_key: bytes, salt: bytes, disk: bytes, incarnation: int) -> None:
        # Imported late: only those who have encrypted footage pay for it.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = disk + incarnation.to_bytes(8, "little")
        self._key = HKDF(SHA256(), KEY_BYTES, salt, info).derive(pool_key)

    def encrypt(self, nonce: bytes, associated: bytes, payload: memoryview) -> bytes:
        """Encrypt a payload where it lies; gives the tag."""
        encryptor = self._gcm(nonce).encryptor()
        encryptor.authenticate_additional_data(associated)
        encryptor.update_into(payload, payload)
        encryptor.finalize()
        return encryptor.tag

    def decrypt(self, nonce: bytes, tag: bytes, associated: bytes, payload: bytes | memoryview) -> bytes:
        """Give the plain payload of a chunk; raises `Damaged` where it, or its header, is not what was written."""
        from cryptography.exceptions import InvalidTag

        decryptor = self._gcm(nonce, tag).decryptor()
        decryptor.authenticate_additional_data(associated)
        plain = decryptor.update(payload)
        try:
            decryptor.finalize()
        except InvalidTag as error:
            raise Damaged(what="an encrypted chunk", problem="it is not what was written with this key") from error
        return plain

    def part(self, nonce: bytes, offset: int, data: bytes | memoryview) -> bytes:
        """Give the plain bytes of a part of a payload, from `offset` on; the tag vouches for the whole alone."""
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import CTR

        block, skip = divmod(offset, _AES_BLOCK)
        counter = nonce + (_FIRST_COUNTER + block).to_bytes(4, "big")
        decryptor = Cipher(AES(self._key), CTR(counter)).decryptor()
        return decryptor.update(bytes(skip) + data)[skip:]

    def _gcm(self, nonce: bytes, tag: bytes | None = None) -> "Cipher[GCM]":
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import GCM

        return Cipher(AES(self._key), GCM(nonce, tag))
