"""The reset from the rescue system leaves the flag that the recorder obeys, whole or not at all."""

import shutil

import pytest

from hal.admin.job import Done
from hal.errors import Refused
from hal.rescue import reset as resetting
from hal.rescue.reset import VARIANTS, flag, reset
from recorder.client.answers.configuration import Extent
from tests.hal.blocks import Blocks
from tests.hal.rescue.scripted import Scripted, own_disk


class Bench:
    """The partition `config` as a folder, which a mount brings to its place."""

    def __init__(self, root):
        self.disk = own_disk(Blocks(root))
        self.config, self.place = root / "config", root / "place"
        (self.config / "recorder").mkdir(parents=True)
        self.options = []

    def run(self, argv, _given=b"", _patience_s=0.0):
        if argv[0] == "mount":
            self.options = argv[4].split(",")
            assert argv[5] == str(self.disk.nodes["config"])
            shutil.copytree(self.config, self.place, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.rmtree(self.config)
            shutil.move(self.place, self.config)
        return Done(0, b"", "")

    @property
    def told(self):
        path = self.config / "recorder" / "reset"
        return path.read_text() if path.exists() else None


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_the_words_are_those_that_the_recorder_obeys_but_for_the_one_that_wants_a_password():
    assert {*VARIANTS, "users"} == {one.value for one in Extent}


@pytest.mark.covers("D-MNT-10.2")
@pytest.mark.parametrize("word", VARIANTS)
def test_the_flag_is_left_after_it_was_said_twice(bench, word):
    talk = Scripted(VARIANTS[word][0], "Reset")
    assert reset(talk, bench.disk, bench.place, bench.run)
    assert bench.told == f"{word}\n"
    assert {"nosuid", "nodev", "noexec", "nosymfollow"} <= set(bench.options)
    assert [one.name for one in (bench.config / "recorder").iterdir()] == ["reset"]


@pytest.mark.parametrize("answers", [("Back",), (None,), ("The settings", "Back"), ("Everything", None)])
def test_who_goes_back_resets_nothing(bench, answers):
    assert not reset(Scripted(*answers), bench.disk, bench.place, bench.run)
    assert bench.told is None
    assert bench.options == []


def test_a_link_for_the_folder_is_not_followed(bench, tmp_path):
    (tmp_path / "other").mkdir()
    (bench.config / "recorder").rmdir()
    (bench.config / "recorder").symlink_to(tmp_path / "other")
    with pytest.raises(Refused, match="could not be noted"):
        flag(bench.disk, "everything", bench.place, bench.run)
    assert not any((tmp_path / "other").iterdir())


def test_a_cut_before_the_name_is_changed_resets_nothing(bench, monkeypatch):
    def cut(*_all, **_more):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(resetting.os, "rename", cut)
    with pytest.raises(Refused, match="could not be noted"):
        flag(bench.disk, "everything", bench.place, bench.run)
    assert bench.told is None
