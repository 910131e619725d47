import shutil

import pytest

from recorder.client.instance import Instance
from recorder.supervisor import place


def test_one_data_directory_has_one_recorder(tmp_path):
    instance = Instance(tmp_path)
    with place.only_one(instance), pytest.raises(place.AlreadyRunning, match=r"process \d+"), place.only_one(instance):
        pass
    with place.only_one(instance):
        pass


def test_a_machine_without_room_is_told_how_much_is_needed(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100 << 20))
    with pytest.raises(place.NoRoom, match="100 MB free, and a recording disk needs 1024 MB"):
        place.first_disk(Instance(tmp_path))
    assert list((tmp_path / "disks").iterdir()) == []


def test_a_disk_that_is_there_is_left_alone(tmp_path):
    mine = tmp_path / "disks" / "mine"
    mine.mkdir(parents=True)
    place.first_disk(Instance(tmp_path))
    assert list((tmp_path / "disks").iterdir()) == [mine]


def test_a_disk_that_was_pulled_is_not_replaced_by_another(tmp_path):
    (tmp_path / "hardware" / "shelf" / "NJ01").mkdir(parents=True)
    place.first_disk(Instance(tmp_path))
    assert not (tmp_path / "disks").exists()
