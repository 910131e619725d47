"""Where exports may go: a stick that is in is one of the places, and only while it is."""

import pytest

from recorder.client.instance import Instance
from recorder.control.export_place import BadFolder, chosen_directory


@pytest.fixture
def instance(tmp_path):
    instance = Instance(tmp_path / "data")
    (instance.data / "media" / "USB1" / "STICK-1").mkdir(parents=True)
    (instance.data / "config").mkdir()
    return instance


@pytest.fixture
def stick(instance):
    return instance.data / "media" / "USB1" / "STICK-1"


def chosen(instance, place, *sticks, local=True, owner=False):
    return chosen_directory(instance, str(place), local=local, owner=owner, sticks=sticks)


@pytest.mark.covers("D-BKP-04")
def test_a_stick_that_is_in_may_be_written_at_the_screen(instance, stick):
    assert chosen(instance, stick, stick) == stick
    (stick / "Yard").mkdir()
    assert chosen(instance, stick / "Yard", stick) == stick / "Yard"


def test_the_place_of_a_stick_that_is_not_in_belongs_to_the_recorder(instance, stick):
    for owner in (False, True):
        with pytest.raises(BadFolder, match="belongs to the recorder"):
            chosen(instance, stick, owner=owner)


def test_a_stick_is_no_way_to_the_recorder_s_own_folders(instance, stick):
    with pytest.raises(BadFolder):
        chosen(instance, stick / ".." / ".." / ".." / "config", stick)
    (stick / "link").symlink_to(instance.data / "config")
    with pytest.raises(BadFolder):
        chosen(instance, stick / "link", stick)


def test_a_stick_is_for_those_who_stand_before_the_recorder(instance, stick):
    with pytest.raises(BadFolder, match="not a folder for exports"):
        chosen(instance, stick, stick, local=False)
