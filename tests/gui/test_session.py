"""Who leaves the screen alone is logged out, and never in the middle of an export (D-MENU-05)."""

from dataclasses import dataclass

import pytest

from gui.session import Session
from recorder.client.answers import ExportJob, JobState
from recorder.client.answers import Session as Entered
from recorder.client.api import ApiError
from recorder.client.stream import StreamName
from tests.gui.pages.house import PlainWall
from tests.gui.rig import Rig


@dataclass
class Api:
    """As much of control as a login needs."""

    token: str = ""
    path: str = "/nowhere"
    job: object = None
    state: JobState = JobState.RUNNING

    def log_in(self, user, _password):
        self.token = "t"
        return Entered(user, "admin", 0, "t")

    def page(self, _name):
        raise ApiError(403, "Refused", "not for you")

    def exports(self):
        if isinstance(self.job, Exception):
            raise self.job
        return [] if self.job is None else [ExportJob("1", self.state, (1,), StreamName.MAIN, 1, 2, "/x")]


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
