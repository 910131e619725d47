"""The manifest beside an exported file, which anybody may have written."""

import msgspec

from recorder.playback.manifest import PIECE_BYTES, BadManifest, Manifest, Statement, parse

_MADE = Manifest(
    "a.mp4", PIECE_BYTES + 5, PIECE_BYTES, ("00" * 32, "11" * 32), "12", "ab" * 32, (Statement("00ff"),), 1,
    "Door", "main", "2026-01-01T00:00:00.000000Z", "2026-01-01T00:01:00.000000Z", 5, "22" * 32, True, "anna",
    "2026-01-01T00:02:00+00:00", "nightjar 1",
)  # fmt: skip
SEEDS = (msgspec.json.encode(_MADE), b"{}", b"[]")
DECLARED = (BadManifest,)


def target(data: bytes) -> None:
    found = parse(data)
    assert len(bytes.fromhex(found.key)) == 32
    assert len(found.pieces) * PIECE_BYTES >= found.bytes
