"""Buttons of pages are carried out beside everything else, and never so many that nothing else is."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from recorder.client.answers import JobState
from recorder.control import action_jobs
from recorder.control.action_jobs import ActionJobs, TooManyActions
from recorder.settings.action import Parameters
from recorder.settings.pages.general import General

pytestmark = pytest.mark.anyio


@pytest.fixture
def jobs(instance, monkeypatch):
    monkeypatch.setattr(action_jobs, "FIRST_ANSWER_S", 0.01)
    settings = SimpleNamespace(get=lambda _page, _item: General())
    return ActionJobs(settings, SimpleNamespace(publish=lambda *_about: None), instance)


async def test_no_more_are_carried_out_at_once_than_leave_threads_to_everything_else(jobs, author):
    ended = threading.Event()
    slow = SimpleNamespace(name="slow", parameters=Parameters, perform=lambda *_about: ended.wait(60) and {})
    begun = [await jobs.begin(General, slow, {}, author) for _nth in range(action_jobs.AT_ONCE)]
    assert {one.state for one in begun} == {JobState.RUNNING}
    with pytest.raises(TooManyActions, match="8 actions run already"):
        await jobs.begin(General, slow, {}, author)
    assert await asyncio.to_thread(ended.is_set) is False, "everything else still has its threads"
    ended.set()
    for _run, task in tuple(jobs._runs.values()):
        await task
    assert {jobs.get(one.id).state for one in begun} == {JobState.DONE}
    assert (await jobs.begin(General, slow, {}, author)).state in {JobState.RUNNING, JobState.DONE}
