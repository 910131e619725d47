"""Copying a bundle in: bounded, with room kept, nothing left of what failed."""

import os
import shutil

import pytest

from recorder.update import inbox
from recorder.update.inbox import Inbox, NoRoom, NotRead, TooLarge, pieces_of


@pytest.fixture
def box(tmp_path):
    return Inbox(tmp_path / "updates"), tmp_path / "updates"


def test_a_file_is_copied_under_a_name_of_ours_and_the_one_before_goes(box):
    kept, folder = box
    kept.take([b"one"])
    name = kept.take([b"a", b"b"])
    (only,) = folder.iterdir()
    assert (only.name, only.read_bytes()) == (name, b"ab")
    assert only.stat().st_mode & 0o777 == 0o600


def test_what_is_too_large_is_given_up_before_it_fills_the_disk(box, monkeypatch):
    kept, folder = box
    monkeypatch.setattr(inbox, "LARGEST_BUNDLE", 10)
    with pytest.raises(TooLarge):
        kept.take(iter(lambda: b"x" * 4, b""))
    assert list(folder.iterdir()) == []


def test_room_is_kept_for_the_recorder(box, monkeypatch):
    kept, folder = box
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(inbox.shutil, "disk_usage", lambda _path: usage._replace(free=inbox.KEPT_BYTES + 3))
    kept.take([b"abc"])
    with pytest.raises(NoRoom):
        kept.take([b"abcd"])
    assert list(folder.iterdir()) == []


def test_a_stick_that_is_pulled_out_in_the_middle_leaves_nothing(box, tmp_path, monkeypatch):
    kept, folder = box
    (tmp_path / "file").write_bytes(b"x" * 100)
    file = os.open(tmp_path / "file", os.O_RDONLY)

    def pulled(_file, _count):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(inbox.os, "read", pulled)
    with pytest.raises(NotRead, match="Input/output"):
        kept.take(pieces_of(file))
    os.close(file)
    assert list(folder.iterdir()) == []
