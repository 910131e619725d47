"""What people type or bring along as keys: recovery keys, public keys, the chain of a recorder's keys."""

from recorder.store import row_format, rows
from recorder.store.device_key import NO_KEY, parse_chain, parse_public, public_pem, trusted_keys
from recorder.store.key_ring import BadRecoveryKey, parse_recovery_key, recovery_key

_KEY = rows.KeyRow(bytes(range(32)), NO_KEY, 1, 2, bytes(64), bytes(64))
SEEDS = (
    b"r" + recovery_key(bytes(range(32))).encode(),
    b"p" + bytes(range(32)).hex().encode(),
    b"p" + public_pem(bytes(range(32))),
    b"c" + row_format.pack(_KEY)[1] + row_format.pack(_KEY._replace(key=bytes(32), previous=_KEY.key))[1],
)
DECLARED = (BadRecoveryKey, ValueError)


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    if kind == b"r":
        secret = parse_recovery_key(rest.decode("utf-8", "replace"))
        assert parse_recovery_key(recovery_key(secret)) == secret
    elif kind == b"p":
        assert len(parse_public(rest)) == 32
    else:
        assert bytes(32) in trusted_keys(bytes(32), parse_chain(rest))
