"""Who leaves the screen alone is logged out, and never in the middle of an export (D-MENU-05)."""

from dataclasses import dataclass, replace

import pytest

from gui.memory import Memory, read
from gui.rooms import Rooms
from gui.session import Session
from gui.wall.pictures import Pictures
from recorder.client.answers import ExportJob, JobState, Status
from recorder.client.answers import Session as Entered
from recorder.client.api import ApiError
from recorder.client.stream import StreamName
from tests.gui.doubles import FakeDecode
from tests.gui.pages.house import FakeFeed, FakeInstance, PlainWall
from tests.gui.rig import Rig


@dataclass
class Api:
    """As much of control as a login needs."""

    token: str = ""
    path: str = "/nowhere"
    job: object = None
    state: JobState = JobState.RUNNING
    by: str = "anna"
    hidden: tuple = ()

    def log_in(self, user, _password):
        self.token = "t"
        return Entered(user, "admin", 0, "t")

    def status(self):
        return Status("0", "Nightjar", 0, "UTC", False, 1, 0, 0, hidden=self.hidden if self.token else (3, 5))

    def page(self, _name):
        raise ApiError(403, "Refused", "not for you")

    def exports(self):
        if isinstance(self.job, Exception):
            raise self.job
        return [] if self.job is None else [ExportJob("1", self.state, (1,), StreamName.MAIN, 1, 2, "/x", by=self.by)]


@pytest.fixture
def seated():
    rig = Rig()
    rig.open(PlainWall())
    session = Session(Api(), rig.screen)
    session.log_in("anna", "x")
    return rig, session


def wait(rig, minutes):
    for _look in range(int(minutes * 6) + 1):
        rig.clock.advance(10)
        rig.show()


@pytest.mark.covers("D-MENU-05")
@pytest.mark.parametrize("job", [None, ApiError(403, "Refused", "may not export")])
def test_an_idle_screen_logs_out(seated, job):
    rig, session = seated
    session.api.job = job
    wait(rig, 9)
    assert session.logged_in
    wait(rig, 2)
    assert not session.logged_in


@pytest.mark.covers("D-MENU-05")
def test_nobody_is_logged_out_in_the_middle_of_an_export(seated):
    rig, session = seated
    session.api.job = True
    wait(rig, 30)
    assert session.logged_in
    session.api.state = JobState.DONE
    wait(rig, 1)
    assert not session.logged_in


def test_somebody_elses_export_keeps_nobody_logged_in(seated):
    rig, session = seated
    session.api.job, session.api.by = True, "ben"
    wait(rig, 11)
    assert not session.logged_in


@pytest.mark.covers("D-RULE-40", "D-SYS-06")
def test_after_an_automatic_logout_only_what_is_for_everybody_is_shown(tmp_path):
    rig, api = Rig(), Api(hidden=(5,))
    rig.open(PlainWall())
    session = Session(api, rig.screen)
    feed, memory = FakeFeed(), Memory(rig.screen, tmp_path / "screen.json", boot="b")
    rooms = Rooms(rig.screen, session, feed, FakeInstance(), Pictures(FakeDecode()), memory)
    # What was told last counts until control answers.
    memory.note_hidden((3,))
    feed.latest = None
    assert rooms.hidden == {3}
    feed.latest = api.status()
    rooms.status_changed()
    assert rooms.hidden == {3, 5}
    session.log_in("anna", "x")
    assert rooms.hidden == {5}
    wait(rig, 11)
    assert not session.logged_in
    assert rooms.hidden == {3, 5}
    memory.close()
    assert read(tmp_path / "screen.json").hidden == (3, 5)


@pytest.mark.covers("D-SYS-05", "D-SYS-06")
def test_minutes_that_the_owner_sets_count_at_once_and_for_who_may_set_nothing(seated):
    rig, session = seated
    feed = FakeFeed()
    rooms = Rooms(rig.screen, session, feed, FakeInstance(), Pictures(FakeDecode()))
    feed.latest = replace(feed.latest, idle_logout_min=2, instant_playback_min=20)
    rooms.status_changed()
    played = []
    rooms.play = lambda *what, **how: played.append((*what, how))
    now_us = rig.clock.now_us()
    rooms.last_minutes(3)
    assert played == [((3,), now_us - 20 * 60_000_000, {"running": True})]
    wait(rig, 1.5)
    assert session.logged_in
    wait(rig, 1)
    assert not session.logged_in
