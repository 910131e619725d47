"""Measuring a disk tells figures and cameras, stays within free space, and never touches footage."""

import json
import shutil

import pytest

from recorder.cli import disk_bench, main
from recorder.cli.disk_bench import CAMERA_BYTES_PER_S, cameras, measure
from recorder.client.clock import ManualClock
from recorder.store import initialise_disk


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(disk_bench, "LARGEST_FILE", disk_bench.SMALLEST_FILE)


def test_it_tells_figures_and_leaves_nothing_and_footage_as_it_was(tmp_path, capsys):
    disk = tmp_path / "one"
    initialise_disk(disk, size_bytes=4 << 20, block_bytes=128 << 10, name="one", clock=ManualClock())
    before = {one: one.read_bytes() for one in disk.rglob("*") if one.is_file()}
    main(["store", "bench", str(disk), "--seconds", "0.2", "--data", str(tmp_path / "none"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert all(told[one] > 0 for one in ("write", "mixed", "passes_per_s", "worst_pass_ms", "read", "seek_ms"))
    assert told["cameras"] == cameras(told["mixed"], told["worst_pass_ms"])
    assert {one: one.read_bytes() for one in disk.rglob("*") if one.is_file()} == before


def test_it_says_in_words_how_many_cameras_a_disk_can_hold(tmp_path, capsys):
    main(["store", "bench", str(tmp_path), "--seconds", "0.2", "--data", str(tmp_path)])
    assert "It can record about" in capsys.readouterr().out


def test_cameras_follow_from_mixed_writes_and_from_the_longest_pass():
    rate = 40 * CAMERA_BYTES_PER_S
    assert cameras(rate, 100) == 20, "half is left for playback"
    assert cameras(rate, 10_000) == 10, "who is twice too slow holds half"
    assert cameras(0, 100) == 0


def test_a_measurement_that_is_broken_off_leaves_nothing(tmp_path, monkeypatch):
    def broken(*_what):
        raise KeyboardInterrupt

    monkeypatch.setattr(disk_bench, "_mixed", broken)
    with pytest.raises(KeyboardInterrupt):
        measure(tmp_path, 0.1)
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_and_a_place_that_is_not_there_are_told(tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="cannot be measured"):
        main(["store", "bench", str(tmp_path / "nowhere"), "--data", str(tmp_path)])
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100 << 20))
    with pytest.raises(SystemExit, match="MB free"):
        main(["store", "bench", str(tmp_path), "--data", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []
