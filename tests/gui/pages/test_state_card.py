"""The foot of the main menu says how cameras and each disk are."""

from dataclasses import replace
from datetime import UTC

from gui.pages.main_menu import LOOK_S
from gui.pages.state_card import MOST_DISKS, lines_of
from gui.toolkit.label import Label
from recorder.client.answers import Status
from recorder.client.clock import SECOND_US
from recorder.client.status import DiskState, DiskStatus, MediaStatus, PoolState, PoolStatus
from tests.gui.pages.house import house

NOW = 1_700_000_000 * SECOND_US
GB = 1_000_000_000
DISK = DiskStatus("Bay 1", "a", DiskState.WRITABLE, NOW, "", 4000 * GB, 1000 * GB, NOW - 3600 * SECOND_US, 500_000)


def status(*disks, recording=4, channels=4, pools=()):
    media = MediaStatus(NOW, 1, disks=disks, pools=pools)
    return Status("0", "Nightjar", NOW, "UTC", False, 1, channels, recording, media=media)


def words(found):
    return [(title, told, used) for _icon, _colour, title, told, used in lines_of(found, NOW, UTC)]


def test_each_disk_has_a_line_with_what_is_used_and_how_far_back_it_goes():
    pool = PoolStatus(1, "Main", PoolState.RECORDING, 4000 * GB, 1000 * GB, days=12.7)
    assert words(status(DISK, pools=(pool,))) == [
        ("Cameras", "All 4 are recording.", None),
        ("Bay 1", "1.0 TB of 4.0 TB used, footage since 21:13, 12 days fit", 0.25),
    ]


def test_a_disk_in_trouble_stands_first_in_its_own_words():
    ill = replace(DISK, name="Bay 9", state=DiskState.FAILED)
    (_cameras, first, second) = words(status(DISK, ill))
    assert first[0] == "Bay 9"
    assert "Bay 9" in first[1]
    assert second[0] == "Bay 1"


def test_a_disk_that_its_owner_set_aside_is_no_trouble():
    aside = replace(DISK, state=DiskState.READ_ONLY, set_aside=True)
    assert words(status(aside))[1][1].startswith("1.0 TB of 4.0 TB used")


def test_many_disks_are_counted_and_none_is_forgotten():
    disks = [replace(DISK, name=f"Bay {number:02}") for number in range(16)]
    told = words(status(*disks))
    assert len(told) == 1 + MOST_DISKS + 1
    assert told[-1] == ("Other disks", "12 more, 36.0 TB free", None)


def test_no_disk_no_media_no_camera_and_no_status_are_said():
    assert words(status())[1][1] == "There is no disk to record on."
    assert words(replace(status(DISK), media=None))[0][1] == "The recording service does not answer."
    assert words(status(DISK, channels=0, recording=0))[0][1] == "There is no camera yet."
    assert words(status(DISK, recording=3))[0][1] == "3 of 4 are recording."
    assert words(None)[0][1] == "The settings service is starting."
    assert words(status(replace(DISK, total_bytes=0)))[1][2] is None


def said(rig):
    return [widget.text for widget in rig.find("state").walk() if isinstance(widget, Label)]


def test_the_menu_follows_what_control_tells_and_draws_nothing_while_that_stays():
    rig, rooms, _api = house()
    rooms.feed.latest = status(DISK)
    rooms.main_menu()
    rig.show()
    assert "All 4 are recording." in said(rig)
    for _look in range(3):
        rig.clock.advance(LOOK_S + 0.1)
        assert rig.show() == []
    rooms.feed.latest = status(replace(DISK, state=DiskState.FULL), DISK, recording=2)
    rig.clock.advance(LOOK_S + 0.1)
    assert rig.show()
    assert "2 of 4 are recording." in said(rig)
    assert len(said(rig)) == 6
