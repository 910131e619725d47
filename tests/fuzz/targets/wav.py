"""WAV files that people send to the recorder."""

from recorder.control.wav import BadSound, Clip, parse

DECLARED = (BadSound,)
SEEDS = (
    bytes(Clip(8000, 1, bytes(range(64)))),
    bytes(Clip(48_000, 2, bytes(64))),
    bytes(Clip(8000, 1, bytes(range(64)))).replace(b"data", b"LIST"),
)


def target(data: bytes) -> None:
    found = parse(data)
    assert found.samples
    assert not len(found.samples) % (2 * found.channels)
    assert parse(bytes(found), 1 << 22) == found
