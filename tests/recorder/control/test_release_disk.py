"""A disk that is let go is recorded to again once it is back, whatever happens to control meanwhile."""

import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from recorder.client.answers import BayStatus, BayTask
from recorder.client.status import DiskState, DiskStatus
from recorder.control import release_disk
from recorder.control.bay_jobs import Running
from recorder.control.hardware import HardwareRefused
from recorder.control.release_disk import Releasing
from recorder.settings.pages.disk import Disk, Use
from recorder.settings.settings import Author

DISKS = ("a" * 32, "b" * 32)
OWNER = Author("owner", "control")
BAYS = tuple(BayStatus(str(nth), True, place=f"disk{nth}") for nth in (1, 2))


class House:
    """The settings of two recording disks, what media says of them, and a board that lets go of them."""

    def __init__(self, instance, monkeypatch):
        self.instance = instance
        self.uses = dict.fromkeys(DISKS, Use.RECORD)
        self.refuses = None
        self.meanwhile = lambda: None
        monkeypatch.setattr(release_disk, "root", self.root)
        self.releasing = self.another_run()

    def another_run(self):
        settings = SimpleNamespace(change=self.change)
        return Releasing(self.instance, SimpleNamespace(call=self.call), settings, self.disks)

    def change(self, page, values, _author, *, item):
        assert page is Disk
        self.uses[item] = values["use"]

    def disks(self):
        return [
            DiskStatus(
                f"Bay {nth}",
                one,
                DiskState.READ_ONLY,
                0,
                "",
                0,
                0,
                set_aside=self.uses[one] is Use.READ,
                place=f"disk{nth}",
            )
            for nth, one in enumerate(DISKS, 1)
        ]

    @contextmanager
    def root(self, _instance):
        yield SimpleNamespace(ask=lambda *_about, **_more: None)

    def call(self, kind, bay, verb):
        assert (kind, verb) == ("bay", "release")
        self.meanwhile()
        if self.refuses is not None:
            raise self.refuses

    def release(self, nth=1):
        return self.releasing.release(Running(BayTask.RELEASE), BAYS[nth - 1], OWNER)

    def take_back(self, bays=BAYS):
        self.releasing.take_back(bays)

    @property
    def remembered(self):
        return (self.instance.state / release_disk.MEMORY).read_text().split()


@pytest.fixture
def house(instance, monkeypatch):
    return House(instance, monkeypatch)


def pulled(*names):
    return [one for one in BAYS if one.name not in names]


def test_a_disk_is_taken_back_when_it_was_away_and_is_there_again(house):
    assert house.release() == "The disk can be pulled now."
    house.take_back()  # nobody has seen yet that it is gone
    assert house.uses[DISKS[0]] is Use.READ
    house.take_back(pulled("1"))
    assert house.uses[DISKS[0]] is Use.READ
    house.take_back()
    assert (house.uses[DISKS[0]], house.remembered) == (Use.RECORD, [])


def test_a_disk_that_is_being_let_go_is_not_taken_back_meanwhile(house):
    seen = []

    def meanwhile():
        house.take_back()
        house.take_back(())
        house.take_back()
        seen.append(house.uses[DISKS[0]])

    house.meanwhile = meanwhile
    house.release()
    assert seen == [Use.READ]


def test_control_that_ends_in_the_middle_records_to_the_disk_again_after_its_start(house, monkeypatch):
    def change(_page, values, _author, *, item):
        house.known = house.remembered
        house.uses[item] = values["use"]

    monkeypatch.setattr(house.releasing.settings, "change", change)
    house.release()
    assert house.known == [DISKS[0]], "it is remembered before it is set aside"
    house.releasing = house.another_run()
    house.take_back()
    assert house.uses[DISKS[0]] is Use.RECORD


def test_what_cannot_be_let_go_is_recorded_to_and_forgotten(house):
    house.refuses = HardwareRefused(what="It hangs")
    with pytest.raises(HardwareRefused):
        house.release()
    assert (house.uses[DISKS[0]], house.remembered) == (Use.RECORD, [])


def test_two_that_are_let_go_in_one_moment_are_both_remembered(house):
    both = threading.Barrier(2)
    house.meanwhile = lambda: both.wait(60)
    others = [threading.Thread(target=house.release, args=(nth,)) for nth in (1, 2)]
    for one in others:
        one.start()
    for one in others:
        one.join(60)
    assert sorted(house.remembered) == sorted(DISKS)
