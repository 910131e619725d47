"""Folders of an instance: for one user on a laptop, shared by the recorder's processes on the target."""

import os
import stat
from pathlib import Path

import pytest

from recorder.client.grants import key_file
from recorder.client.instance import Instance, UnsafeDirectory, file_mode, folder_mode, private_directory
from recorder.store import initialise_disk


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def shared(tmp_path):
    """A folder as the target's tmpfiles make it."""
    place = tmp_path / "shared"
    place.mkdir()
    place.chmod(0o3770)
    before = os.umask(0o007)
    yield place
    os.umask(before)


def test_on_a_laptop_nobody_else_reads_what_is_made(tmp_path):
    place = private_directory(tmp_path / "data")
    assert (mode(place), file_mode(place), file_mode(place, writing=True), folder_mode(place)) == (
        0o700,
        0o600,
        0o600,
        0o700,
    )


def test_in_a_shared_folder_the_group_reads_keys_and_writes_what_it_is_to_write(shared):
    assert (file_mode(shared), file_mode(shared, writing=True), folder_mode(shared)) == (0o640, 0o660, 0o770)
    key_file(shared / "device.key", shared=True)
    key_file(shared / "grant.key")
    assert mode(shared / "device.key") == 0o640
    assert mode(shared / "grant.key") == 0o600


def test_a_disk_that_control_makes_ready_is_media_s_to_write(shared):
    disk = shared / "disk"
    disk.mkdir()
    initialise_disk(disk, size_bytes=28 << 20, block_bytes=1 << 20, name="disk")
    for one in disk.rglob("*"):
        assert mode(one) & 0o070 == (0o070 if one.is_dir() else 0o060), one


def test_what_the_system_shares_is_left_as_it_is(shared, monkeypatch):
    found = os.stat_result([stat.S_IFDIR | 0o3770, 1, 1, 2, 0, 403, 0, 0, 0, 0])
    monkeypatch.setattr(Path, "lstat", lambda _path: found)
    assert private_directory(shared) == shared
    assert mode(shared) == 0o3770


@pytest.mark.parametrize(
    ("permissions", "owner"),
    [(0o3777, 0), (0o0770, 0), (0o3770, os.geteuid() + 1)],
    ids=["open to all", "not shared", "of another user"],
)
def test_a_folder_of_others_is_not_used(tmp_path, monkeypatch, permissions, owner):
    found = os.stat_result([stat.S_IFDIR | permissions, 1, 1, 2, owner, 403, 0, 0, 0, 0])
    monkeypatch.setattr(Path, "lstat", lambda _path: found)
    monkeypatch.setattr(os, "geteuid", lambda: 402)
    with pytest.raises(UnsafeDirectory):
        private_directory(tmp_path)


def test_a_process_of_the_target_has_a_folder_of_its_own(tmp_path, monkeypatch):
    assert Instance(tmp_path).own is None
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "own"))
    assert Instance(tmp_path / "data").own == tmp_path / "own"
