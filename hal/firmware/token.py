"""The permit to install an older version: for one recorder and one version, signed with a key of the project's.

`payload.signature` in base64url; the payload is JSON, `{"recorder": …, "version": …}`; the signature is Ed25519
(RFC 8032) over the payload's bytes. The clock is not asked: it may stand at 1970.
"""

import base64
import binascii

import msgspec

from hal.errors import UNREADABLE

LONGEST = 1024
_PURPOSE = b"nightjar downgrade\n"


class Permit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which recorder, and which version it may go back to."""

    recorder: str
    version: str


def permits(token: str, keys: bytes, recorder: str, version: str) -> bool:
    """Say whether a token lets this recorder go back to this version; `keys` are public keys in PEM."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    payload, dot, signature = token.strip().partition(".")
    if len(token) > LONGEST or not dot:
        return False
    try:
        told, signed = _decoded(payload), _decoded(signature)
        permit = msgspec.json.decode(told, type=Permit)
    except (binascii.Error, ValueError, *UNREADABLE):
        return False
    if (permit.recorder, permit.version) != (recorder, version):
        return False
    end = b"-----END PUBLIC KEY-----"
    for one in keys.split(end)[:-1]:
        try:
            key = load_pem_public_key(one.strip() + b"\n" + end + b"\n")
            if isinstance(key, Ed25519PublicKey):
                key.verify(signed, _PURPOSE + told)
                return True
        except (ValueError, UnsupportedAlgorithm, InvalidSignature):
            continue
    return False


def sign(permit: Permit, private_key: bytes) -> str:
    """Sign one; `private_key` is an Ed25519 key in PEM. Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(private_key, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("an Ed25519 key signs permits")  # noqa: TRY004 - a wrong key, not a wrong type
    told = msgspec.json.encode(permit)
    return f"{_encoded(told)}.{_encoded(key.sign(_PURPOSE + told))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
