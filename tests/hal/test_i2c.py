"""The kernel's I2C adapters, where there is none: what they raise."""

from pathlib import Path

import pytest
import smbus2

from hal.buses.i2c import open_i2c
from hal.errors import Offline


class Silent:
    """An adapter at which nobody answers."""

    def __init__(self, path):
        self.path = path

    def __getattr__(self, _name):
        def call(*_words):
            raise OSError(121, "Remote I/O error")

        return call


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("read_byte", (0x20, 0x1B)),
        ("write_byte", (0x20, 0x19, 1)),
        ("read_block", (0x20, 0x30, 2)),
        ("write_block", (0x20, 0x19, b"\x01\x02")),
        ("read", (0x20, 15)),
        ("write", (0x20, b"\x02\x01")),
    ],
)
def test_a_chip_that_does_not_answer_is_named(monkeypatch, call, words):
    monkeypatch.setattr(smbus2, "SMBus", Silent)
    bus = open_i2c(Path("/dev/i2c-1"))
    with pytest.raises(OSError, match=r"chip 0x20: Remote I/O error") as raised:
        getattr(bus, call)(*words)
    assert raised.value.errno == 121


def test_an_adapter_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Offline, match=r"i2c-9: No such file or directory"):
        open_i2c(tmp_path / "i2c-9")
