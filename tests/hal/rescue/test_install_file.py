"""The file that says what to install: what it may say, and what is refused in words."""

import os

import pytest

from hal.errors import Refused
from hal.rescue.install_file import NAME, InstallFile, parse, read
from hal.rescue.stick_file import LARGEST


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('disk = "S3Z8"', InstallFile("S3Z8")),
        ('disk = "S3Z8"\nerase = true\nthen = "restart"\n', InstallFile("S3Z8", erase=True, then="restart")),
        ('\ufeffdisk = "S3Z8"\r\nerase = false\r\n# why\r\n', InstallFile("S3Z8")),
    ],
)
def test_it_names_the_disk(text, told):
    assert parse(text.encode()) == told


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "disk"),
        (b'disk = ""', "disk"),
        (b'disk = "\\u001b[2J"', "serial number"),
        (b'disk = "' + b"x" * 200 + b'"', "disk"),
        (b"disk = 5", "disk"),
        (b'disk = "a"\nerase = "yes"', "erase"),
        (b'disk = "a"\npassword = "secret"', "password"),
        (b'disk = "a"\nthen = "format"', "format"),
        (b'disk = "a', "Unterminated"),
        (b"\xff\xfe\x00", "decode"),
        (b"a = " + b"[" * 20000, "nightjar-install.toml"),
        (b" " * (LARGEST + 1), "larger"),
    ],
)
def test_what_it_may_not_say_is_refused_in_words(data, words):
    with pytest.raises(Refused, match=words) as refused:
        parse(data)
    assert NAME in str(refused.value)


def test_a_stick_without_it_is_led_by_hand(tmp_path):
    assert read(tmp_path) is None
    (tmp_path / NAME).write_text('disk = "S3Z8"')
    assert read(tmp_path) == InstallFile("S3Z8")


def test_neither_link_nor_pipe_nor_folder_is_read(tmp_path):
    place = tmp_path / NAME
    place.symlink_to("/etc/hostname")
    with pytest.raises(Refused):
        read(tmp_path)
    place.unlink()
    os.mkfifo(place)
    with pytest.raises(Refused, match="no file"):
        read(tmp_path)
    place.unlink()
    place.mkdir()
    with pytest.raises(Refused):
        read(tmp_path)
