"""Paths and ranges that the network asks the tree of recordings for."""

from recorder.client.errors import NotFound
from recorder.web.dav import Entry, OutOfRange, byte_range, split

SEEDS = (
    b"p/recordings/T%C3%BCr/2026-11-21/14-20-00.mp4",
    b"p/recordings/",
    b"p/recordings/a/../b",
    b"p/recordings/%2e%2e/%2f/%00",
    b"rbytes=0-99",
    b"rbytes=-500",
    b"rbytes=99-",
)
DECLARED = (NotFound, OutOfRange)
SIZE = 1000


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    if kind == b"r":
        found = byte_range(rest.decode("latin-1"), SIZE)
        assert found is None or 0 <= found[0] < found[1] <= SIZE
        return
    parts = split(rest)
    assert len(parts) <= 3
    assert not any(one in {"", ".", ".."} or "/" in one or "\0" in one for one in parts)
    assert split(Entry(parts).href.encode()) == parts or len(Entry(parts).href) > 1024
