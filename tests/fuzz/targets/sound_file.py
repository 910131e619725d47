"""Sound files of people, as decode makes samples of them."""

from recorder.client.sound_files import KEPT_BYTES
from recorder.control.wav import Clip
from recorder.decode.sound_file import RATES_HZ, NoSoundFile, decoded

DECLARED = (NoSoundFile,)
SEEDS = (
    bytes(Clip(8000, 1, bytes(range(64)))),
    bytes(Clip(48_000, 2, bytes(64))),
    b"\xff\xfb\x14\xc4" + bytes(204),
    b"fLaC\x80\x00\x00\x22" + bytes((16, 0, 16, 0, 0, 0, 0, 0, 0, 0, 1, 0xF4, 0, 0xF0)) + bytes(20),
)


def target(data: bytes) -> None:
    found = decoded(data)
    assert 0 < len(found.data) <= KEPT_BYTES
    assert not len(found.data) % 2
    assert found.rate_hz in RATES_HZ
