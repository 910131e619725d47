"""Secrets at rest: camera passwords and the like, sealed with the key of this device (architecture §5).

A sealed text is `sealed:1:` and base64url of nonce (12 bytes) and AES-256-GCM ciphertext with tag (NIST SP 800-38D).
The key is `config/device.key`, 32 random bytes, mode 0600, made on first need.
"""

import base64
import binascii
import secrets

from recorder.client.errors import NightjarError
from recorder.client.grants import key_file
from recorder.client.instance import Instance
from recorder.client.words import _

PREFIX = "sealed:1:"
DEVICE_KEY = "device.key"
_NONCE_BYTES = 12


class Unreadable(NightjarError):
    """A secret was sealed by another device, or its text is damaged."""

    status = 500
    words = _("A stored password cannot be read on this recorder. Enter it again.")


class Sealer:
    """Seals and unseals texts with the device key. No I/O before the first use."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._key: bytes | None = None

    def seal(self, text: str) -> str:
        """Turn a secret into a text that may be stored; an empty one stays empty."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not text:
            return ""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._device_key()).encrypt(nonce, text.encode(), PREFIX.encode())
        return PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str) -> str:
        """Give back the secret; raises `Unreadable`."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not sealed:
            return ""
        if not sealed.startswith(PREFIX):
            raise Unreadable
        try:
            data = base64.b64decode(sealed[len(PREFIX) :], altchars=b"-_", validate=True)
            nonce, body = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            return AESGCM(self._device_key()).decrypt(nonce, body, PREFIX.encode()).decode()
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise Unreadable from error

    def _device_key(self) -> bytes:
        if self._key is None:
            self._key = key_file(self._instance.config / DEVICE_KEY, shared=True)
        return self._key
