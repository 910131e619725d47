"""Passwords that drivers log in with, such as a switch's: sealed in a file, with a key that is this service's own.

The device key is control's, which hal cannot read: who has one of the two services does not have what the other seals.
A sealed text is base64 of nonce (12 bytes) and AES-256-GCM ciphertext with tag (NIST SP 800-38D), bound to its device.
"""

import base64
import json
import os
import secrets
from pathlib import Path

import msgspec

from hal.errors import UNREADABLE, Offline
from hal.memory import Memory

KEY_FILE = "hal.key"
KEY_BYTES = 32
NONCE_BYTES = 12


class _Sealed(msgspec.Struct):
    sealed: str = ""


class Passwords:
    """Those of one device. Without a folder to keep things in they last as long as the process."""

    def __init__(self, keep: Path | None, kind: str, name: str) -> None:
        """No I/O here."""
        self._folder = keep
        self._about = f"{kind} {name}".encode()
        self._memory = Memory(keep, f"{kind}-login", name)
        self._here: dict[str, str] = {}

    def recall(self) -> dict[str, str]:
        """Give what was kept, by name; empty if nothing was. Raises `Offline` where it cannot be read any more."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        kept = self._memory.recall(_Sealed, _Sealed()).sealed
        if self._folder is None or not kept:
            return dict(self._here)
        try:
            data = base64.b64decode(kept, validate=True)
            nonce, body = data[:NONCE_BYTES], data[NONCE_BYTES:]
            plain = AESGCM(self._key(self._folder)).decrypt(nonce, body, self._about)
            return msgspec.json.decode(plain, type=dict[str, str])
        except (ValueError, InvalidTag, OSError, *UNREADABLE):
            raise Offline("its password cannot be read on this recorder; enter it again") from None

    def forget(self) -> None:
        """Keep none any more."""
        self._here = {}
        self._memory.forget()

    def keep(self, passwords: dict[str, str]) -> None:
        """Keep these instead of what was kept."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._here = dict(passwords)
        if self._folder is None:
            return
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(passwords).encode()
        sealed = nonce + AESGCM(self._key(self._folder)).encrypt(nonce, plain, self._about)
        self._memory.keep(_Sealed(base64.b64encode(sealed).decode()))

    @staticmethod
    def _key(folder: Path) -> bytes:
        """Give the key, made at random on first need; one that was cut short is not used."""
        path = folder / KEY_FILE
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fresh = folder / f"{KEY_FILE}.{os.getpid()}"
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(KEY_BYTES))
            fresh.replace(path)
        found = path.read_bytes()
        if len(found) != KEY_BYTES:
            raise ValueError(path.name)
        return found
