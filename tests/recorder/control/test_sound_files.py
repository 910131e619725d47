"""Sounds of USB sticks: found, read as hostile files, decoded by the real decode, kept and played as others are."""

import asyncio
import os
import subprocess
import threading

import pytest

from recorder.client.answers import StickStatus
from recorder.client.errors import NotFound, Unavailable
from recorder.client.instance import Instance
from recorder.client.sound_files import LARGEST_FILE
from recorder.control import sound_files
from recorder.control.sound_files import SoundFiles, StickSilent
from recorder.control.wav import BadSound, Clip
from recorder.store import disk_lane
from recorder.update.search import BundleGone, StickUnreadable
from tests.bench.stage.running import running

PLAIN = Clip(8000, 2, bytes(range(200)) * 8)


@pytest.fixture
def stick(tmp_path):
    place = tmp_path / "stick"
    place.mkdir()
    return place


@pytest.fixture
def files(tmp_path, stick):
    sticks = (StickStatus("USB1", "KEYS", str(stick), 1 << 30, 1 << 29),)
    return SoundFiles(Instance(tmp_path / "data"), lambda: sticks)


def names(files):
    return sorted(one.name for one in files.found())


def test_sounds_are_found_by_their_names_in_two_levels_and_nothing_else_is(files, stick):
    (stick / "music").mkdir()
    for name in ("Bell.WAV", "music/gong.mp3", "a.flac", "b.ogg", "c.m4a", "d.opus"):
        (stick / name).write_bytes(b"x")
    for name in ("notes.txt", "wav", "x.wav.exe"):
        (stick / name).write_bytes(b"x")
    (stick / "link.wav").symlink_to("/etc/passwd")
    os.mkfifo(stick / "pipe.mp3")
    assert names(files) == ["Bell.WAV", "a.flac", "b.ogg", "c.m4a", "d.opus", "music/gong.mp3"]


def test_a_file_too_large_is_listed_with_words_and_an_empty_one_too(files, stick):
    with (stick / "long.wav").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    (stick / "none.wav").write_bytes(b"")
    assert {one.name: one.problem for one in files.found()} == {
        "long.wav": "It is too large.",
        "none.wav": "It is empty.",
    }


def test_what_was_put_in_the_place_of_a_file_that_was_found_is_not_read(files, stick):
    place = stick / "bell.wav"
    place.write_bytes(bytes(PLAIN))
    (found,) = files.found()
    assert files.read(found.id) == bytes(PLAIN)
    place.unlink()
    place.symlink_to("/etc/passwd")
    with pytest.raises((NotFound, BundleGone)):
        files.read(found.id)
    with pytest.raises(NotFound):
        files.read("0" * 12)


def test_a_file_that_has_grown_is_read_only_as_far_as_it_may_go_and_refused(files, stick):
    place = stick / "bell.wav"
    place.write_bytes(bytes(PLAIN))
    (found,) = files.found()
    with place.open("ab") as file:
        file.truncate(64 << 20)
    data = files.read(found.id)
    assert LARGEST_FILE < len(data) <= LARGEST_FILE + (1 << 20)
    with pytest.raises(BadSound, match="larger than"):
        asyncio.run(files.clip(data))


def test_a_damaged_stick_is_told_and_does_not_hide_another(tmp_path, stick):
    (stick / "bell.wav").write_bytes(bytes(PLAIN))
    sticks = [StickStatus("USB1", "OLD", str(tmp_path / "gone"), 1, 1)]
    files = SoundFiles(Instance(tmp_path / "data"), lambda: sticks)
    with pytest.raises(StickUnreadable, match="OLD"):
        files.found()
    sticks.append(StickStatus("USB2", "KEYS", str(stick), 1, 1))
    assert names(files) == ["bell.wav"]
    (found,) = files.found()
    assert files.read(found.id) == bytes(PLAIN), "it was listed, and could not be read"


def test_a_stick_that_answers_nobody_hides_no_other_and_is_told(tmp_path, stick, monkeypatch):
    (stick / "bell.wav").write_bytes(bytes(PLAIN))
    sticks = [StickStatus("USB1", "SLOW", str(tmp_path / "slow"), 1, 1)]
    answers, look = threading.Event(), sound_files._look
    monkeypatch.setattr(sound_files, "_look", lambda one: answers.wait(300) and () if one.port == "USB1" else look(one))
    monkeypatch.setattr(disk_lane, "SILENT_S", 0.3)
    files = SoundFiles(Instance(tmp_path / "data"), lambda: sticks)
    try:
        with pytest.raises(StickSilent, match="SLOW does not answer"):
            files.found()
        sticks.append(StickStatus("USB2", "KEYS", str(stick), 1, 1))
        (found,) = files.found()
        assert files.read(found.id) == bytes(PLAIN)
    finally:
        answers.set()


def test_a_plain_file_needs_no_decode_and_stays_as_it_is(files):
    assert asyncio.run(files.clip(bytes(PLAIN))) == PLAIN


def test_what_must_be_decoded_waits_for_no_process_that_is_not_there(files):
    with pytest.raises(Unavailable):
        asyncio.run(files.clip(b"ID3 and so on"))


@pytest.mark.peer("ffmpeg")
@pytest.mark.covers("D-AUD-01")
def test_an_mp3_is_decoded_by_the_real_decode_which_lives_on_after_nonsense(files, tmp_path):
    data, place = tmp_path / "data", tmp_path / "bell.mp3"
    tone = ["-f", "lavfi", "-i", "sine=frequency=700:duration=3", "-c:a", "libmp3lame", str(place)]
    subprocess.run(["ffmpeg", "-v", "error", *tone], check=True, timeout=60)
    with running("recorder.decode", data):
        for nonsense, words in ((b"ID3" + bytes(3000), "damaged|no sound"), (b"MZ" + bytes(99), "nobody knows")):
            with pytest.raises(BadSound, match=f"cannot be played: .*({words})"):
                asyncio.run(files.clip(nonsense))
        found = asyncio.run(files.clip(place.read_bytes()))
    assert (found.channels, found.rate_hz) == (1, 48_000)
    assert found.length_s == pytest.approx(3, abs=0.1)
    assert max(memoryview(found.samples).cast("h")) > 1000


def test_an_answer_of_decode_that_is_none_is_no_sound(files, monkeypatch):
    async def answered(*_asked):
        return {"op": "sound_decoded", "id": 1, "rate_hz": "fast", "samples": None}

    monkeypatch.setattr("recorder.control.sound_files.ask", answered)
    with pytest.raises(Unavailable):
        asyncio.run(files.clip(b"ID3 and so on"))
