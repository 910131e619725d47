"""What a stick lets back in with, and events that a disk's backup brings back; the first byte says which."""

import json
import zlib

from recorder.accounts.recovery_stick import StickKey
from recorder.events.carried import MOST_EVENTS, NoEvents, unpacked

_EVENT = [7, "input-alarm", "t", "IN1", "", 0, 1, 2, "", "w", 1, True, None, {"a": 1}, "new", False, 7, "", None]
_ALL = {
    "events": [_EVENT],
    "reactions": [[7, "mail", "done", 5, "", 1]],
    "comments": [[7, 0, 5, "ada", "x"]],
    "receivers": [["ada", "{}"]],
}
DECLARED = (NoEvents,)
SEEDS = (
    b"s" + StickKey("ab" * 8, "cd" * 32).file,
    b"e" + json.dumps(_ALL).encode(),
    b"z" + zlib.compress(json.dumps(_ALL).encode()),
)


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    match kind:
        case b"s":
            key = StickKey.parse(rest)
            assert key is None or key.file.strip() == rest.strip()
        case b"e":
            assert len(unpacked(zlib.compress(rest, 1)).events) <= MOST_EVENTS
        case _:
            assert len(unpacked(rest).events) <= MOST_EVENTS
