"""The main loop sleeps while nothing moves, and is still heard of where somebody watches over it."""

import pytest

from gui.loop import Loop
from gui.presenter.headless import HeadlessPresenter
from gui.toolkit.screen import Screen
from hal.client.service_manager import ServiceManager
from recorder.client.clock import ManualClock


class Manager(ServiceManager):
    """Counts how often it was told that the loop goes round."""

    def __init__(self, every_s):
        super().__init__({})
        self.every_s = every_s
        self.told = 0

    def alive(self):
        self.told += 1


@pytest.mark.parametrize(("every_s", "pause"), [(10.0, 10.0), (None, None)])
def test_a_loop_that_is_watched_sleeps_no_longer_than_it_may_be_silent(monkeypatch, every_s, pause):
    presenter = HeadlessPresenter((320, 240))
    pauses = []
    monkeypatch.setattr(presenter, "wait", lambda seconds: pauses.append(seconds) or [])
    screen = Screen((320, 240), ManualClock())
    monkeypatch.setattr(screen, "sleep_s", lambda: None)
    manager = Manager(every_s)
    loop = Loop(screen, presenter, manager)
    for _ in range(3):
        loop.step()
    assert pauses[1:] == [pause, pause]
    assert manager.told == 3
    presenter.close()
