"""A button of a settings page is followed to its end, though control does not always answer."""

import pytest

from gui.pages.action_run import AWAY_US, LOOK_S
from gui.pages.settings import SettingsPage
from recorder.client.answers import ActionJob, JobState
from recorder.client.api import ApiError
from recorder.client.clock import SECOND_US
from recorder.client.errors import Unavailable
from tests.gui.pages.house import house

AWAY = Unavailable(process="control")


class Slow:
    """An action that goes on; `answers` are what looks at it give, the last of them again and again."""

    def __init__(self, rig, api, *answers):
        self.rig, self.answers, self.looks = rig, list(answers), 0
        self.job = ActionJob("7", "disk", "rebuild", JobState.RUNNING)
        api.run_action = lambda *_about, **_more: self.job
        api.action_job = self.look

    def look(self, job):
        assert job == self.job.id
        self.looks += 1
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def later(self, times=1):
        for _time in range(times):
            self.rig.clock.advance(LOOK_S)
            self.rig.show()


def job(state, words=""):
    return ActionJob("7", "disk", "rebuild", state, words=words)


def pressed(*answers):
    rig, rooms, api = house()
    slow = Slow(rig, api, *answers)
    rig.open(SettingsPage(rooms, page="disk"))
    rig.click("action-rebuild")
    rig.go_to("do")
    rig.key("ok")
    return rig, slow


def test_a_look_that_fails_is_no_end_and_nobody_is_bothered():
    rig, slow = pressed(AWAY, job(JobState.RUNNING), AWAY, job(JobState.DONE, "The catalog was made anew."))
    slow.later(3)
    assert (slow.looks, rig.notices) == (3, [])
    slow.later()
    assert rig.notices == ["The catalog was made anew."]
    slow.later(3)
    assert slow.looks == 4


def test_who_waits_is_told_once_that_control_is_away_and_then_of_the_end():
    rig, slow = pressed(AWAY)
    slow.later(round(AWAY_US / SECOND_US / LOOK_S) + 2)
    (told,) = rig.notices
    assert told.endswith("It may go on; its end is told here.")
    rig.screen.notices.clear()
    slow.later(20)
    assert rig.notices == []
    slow.answers = [job(JobState.FAILED, "The disk was pulled out.")]
    slow.later()
    assert rig.notices == ["The disk was pulled out."]


@pytest.mark.parametrize(
    ("status", "told"),
    [(404, "the recorder was restarted in the middle of it"), (401, "{nobody} is logged in")],
)
def test_a_run_that_nobody_knows_any_more_is_over(status, told):
    rig, slow = pressed(ApiError(status, "Gone", "{nobody} is logged in"))
    slow.later(3)
    assert slow.looks == 1
    (notice,) = rig.notices
    assert told in notice
