"""Bundles on a stick: what is found, and what a hostile stick can do, which is nothing."""

import os

import pytest

from hal.client.firmware import LARGEST_BUNDLE
from hal.firmware import search
from recorder.update.search import BundleGone, StickUnreadable, found_on, opened

NASTY = ["$(reboot).raucb", "; rm -rf ~.raucb", "`id`.RAUCB", "a\nb.raucb", "\x1b[2J.raucb", "--help.raucb", "é.raucb"]


def put(folder, name, content=b"bundle"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.covers("D-USB-01.1")
def test_bundles_of_the_top_folder_and_of_those_in_it_are_found(tmp_path):
    put(tmp_path, "one.raucb")
    put(tmp_path, "nightjar/two.RAUCB", b"twice")
    put(tmp_path, "a/b/three.raucb")
    put(tmp_path, "film.mp4")
    found = {one.name: one.bytes for one in found_on(str(tmp_path), "KEYS")}
    assert found == {"one.raucb": 6, "nightjar/two.RAUCB": 5}
    two = next(one for one in found_on(str(tmp_path), "KEYS") if one.bytes == 5)
    with opened(str(tmp_path), "KEYS", two.id) as file:
        assert os.read(file, 99) == b"twice"


@pytest.mark.parametrize("name", NASTY)
def test_names_are_only_ever_shown(tmp_path, name):
    put(tmp_path, name, name.encode())
    (only,) = found_on(str(tmp_path), "KEYS")
    assert only.name.isprintable()
    assert only.id.isalnum()
    with opened(str(tmp_path), "KEYS", only.id) as file:
        assert os.read(file, 99) == name.encode()


def test_a_name_that_is_no_text_is_shown_and_can_be_opened(tmp_path):
    with open(os.fsencode(tmp_path) + b"/\xff\xfe.raucb", "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(b"bytes")
    (only,) = found_on(str(tmp_path), "KEYS")
    with opened(str(tmp_path), "KEYS", only.id) as file:
        assert os.read(file, 99) == b"bytes"


def test_links_pipes_and_loops_are_not_followed(tmp_path):
    stick, other = tmp_path / "stick", tmp_path / "other"
    put(other, "secret.raucb")
    stick.mkdir()
    (stick / "link.raucb").symlink_to(other / "secret.raucb")
    (stick / "folder").symlink_to(other)
    (stick / "loop").symlink_to(stick)
    (stick / "gone.raucb").symlink_to("nowhere")
    (stick / "folder.raucb").mkdir()
    os.mkfifo(stick / "pipe.raucb")
    assert found_on(str(stick), "KEYS") == ()


def test_what_is_too_large_or_empty_is_told_and_not_more(tmp_path):
    put(tmp_path, "empty.raucb", b"")
    with put(tmp_path, "huge.raucb").open("wb") as file:
        file.truncate(LARGEST_BUNDLE + 1)
    told = {one.name: one.problem for one in found_on(str(tmp_path), "KEYS")}
    assert told == {"empty.raucb": "It is empty.", "huge.raucb": "It is too large."}


def test_a_stick_full_of_names_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "MOST_NAMES", 50)
    looked = []
    monkeypatch.setattr(search.os, "fsencode", lambda name: looked.append(name) or name.encode())
    for number in range(200):
        put(tmp_path, f"folder/{number}.txt")
    found = search._Search(search.SUFFIX, left=50)
    folder = os.open(tmp_path, os.O_RDONLY)
    search._look(found, folder, ())
    os.close(folder)
    assert len(looked) <= 50


def test_a_file_that_is_changed_for_a_link_or_pulled_away_is_not_opened(tmp_path):
    path = put(tmp_path, "one.raucb")
    (only,) = found_on(str(tmp_path), "KEYS")
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(BundleGone), opened(str(tmp_path), "KEYS", only.id):
        pass
    with pytest.raises(BundleGone), opened(str(tmp_path), "KEYS", "../../etc/passwd"):
        pass


def test_a_broken_file_system_is_told_in_words(tmp_path, monkeypatch):
    def broken(*_all, **_more):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(search.os, "scandir", broken)
    with pytest.raises(StickUnreadable, match="KEYS cannot be read"):
        found_on(str(tmp_path), "KEYS")
    with pytest.raises(StickUnreadable):
        found_on(str(tmp_path / "gone"), "KEYS")
