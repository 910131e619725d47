"""The key that vouches for footage, carried to the same recorder: gathered here, and taken back when media starts.

Its file is media's, which alone replaces it. What control leaves for it is sealed with the key of the device.
"""

import logging
from typing import Annotated

import msgspec
from msgspec import Meta

from recorder.client.clock import Clock
from recorder.client.errors import UNREADABLE
from recorder.client.instance import Instance
from recorder.sealing import Sealer, Unreadable
from recorder.store.device_key import CHAIN_FILE, KEY_FILE, MOST_KEYS, DeviceKey

RESTORED = "restored-evidence.json"
"""In `state`: the key that was brought back. Control writes it, media begins with it."""
SEED_BYTES = 32
LARGEST_CHAIN = MOST_KEYS * 256
log = logging.getLogger(__name__)


class EvidenceKey(msgspec.Struct, frozen=True):
    """The secret, and the statements by which one key follows another."""

    seed: Annotated[bytes, Meta(min_length=SEED_BYTES, max_length=SEED_BYTES)]
    chain: Annotated[bytes, Meta(max_length=LARGEST_CHAIN)] = b""

    def __repr__(self) -> str:
        """Without the secret."""
        return "EvidenceKey(…)"


class _Waiting(msgspec.Struct, frozen=True):
    sealed: str


def gathered(instance: Instance) -> EvidenceKey | None:
    """Give the key of a recorder; None where it never recorded, or its key cannot be read."""
    config = instance.config
    try:
        seed = (config / KEY_FILE).read_bytes()
        chain = (config / CHAIN_FILE).read_bytes() if (config / CHAIN_FILE).exists() else b""
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            log.warning("The key that vouches for footage is left out: %s", error.strerror)
        return None
    return EvidenceKey(seed, chain[:LARGEST_CHAIN]) if len(seed) == SEED_BYTES else None


def waiting(key: EvidenceKey, instance: Instance) -> bytes:
    """Give what `RESTORED` says on the device of an instance."""
    return msgspec.json.encode(_Waiting(Sealer(instance).seal(msgspec.json.encode(key).decode())))


def take_back(instance: Instance, clock: Clock) -> DeviceKey:
    """Give the signer of an instance, after a key that was brought back took its place again; for media's start."""
    signer = DeviceKey(instance, clock)
    try:
        told = msgspec.json.decode((instance.state / RESTORED).read_bytes(), type=_Waiting)
        key = msgspec.json.decode(Sealer(instance).unseal(told.sealed), type=EvidenceKey)
        if signer.take_back(key.seed, key.chain):
            log.warning("The key of before the reinstall vouches for footage again")
    except FileNotFoundError:
        pass
    except (OSError, Unreadable, *UNREADABLE) as error:
        log.error("The key of before the reinstall cannot be taken back: %s", error)  # noqa: TRY400 - a sentence
    return signer
