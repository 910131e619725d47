"""Writing to a partition: what is there afterwards is compared, and a partition that is not there is never made."""

import io
import os

import pytest

from hal.rescue import image_writer
from hal.rescue.image_writer import BadWrite, write_image


def test_what_was_written_is_there_and_the_rest_stays(tmp_path):
    node = tmp_path / "sda3"
    node.write_bytes(b"\xa5" * 9000)
    image = os.urandom(5000)
    shares = []
    write_image(io.BytesIO(image), 5000, node, shares.append)
    assert node.read_bytes() == image + b"\xa5" * 4000
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_partition_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(BadWrite, match="sda3 could not be written"):
        write_image(io.BytesIO(b"x"), 1, tmp_path / "sda3", lambda _share: None)
    assert not (tmp_path / "sda3").exists()


def test_a_disk_that_keeps_something_else_is_told(tmp_path, monkeypatch):
    node = tmp_path / "sda3"
    node.write_bytes(bytes(100))
    real = os.pread
    monkeypatch.setattr(image_writer.os, "pread", lambda file, count, at: real(file, count, at)[:-1] + b"!")
    with pytest.raises(BadWrite, match="reads back as something else"):
        write_image(io.BytesIO(b"x" * 50), 50, node, lambda _share: None)


def test_an_image_that_ends_early_is_told(tmp_path):
    node = tmp_path / "sda3"
    node.write_bytes(bytes(100))
    with pytest.raises(BadWrite, match="shorter"):
        write_image(io.BytesIO(b"x" * 50), 60, node, lambda _share: None)
