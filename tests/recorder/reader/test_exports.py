"""Export jobs, with a program in place of the export that does as its job's path says."""

import asyncio

import pytest

from recorder.client.errors import NotFound
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.reader.exports import MOST_AT_ONCE, MOST_STALLED, ExportRequest, Exports, ExportState

pytestmark = pytest.mark.anyio

ENTRY = "tests.recorder.reader.fake_export"


class Followed:
    """Exports whose progress is kept."""

    def __init__(self, tmp_path):
        self.exports = Exports(Instance(tmp_path / "data"), ENTRY)
        self.told = []
        self._news = asyncio.Event()
        self.exports.followers.append(self._tell)

    def _tell(self, progress):
        self.told.append(progress)
        self._news.set()

    def start(self, what):
        return self.exports.start(ExportRequest((1,), StreamName.MAIN, 0, 10, what))

    async def until(self, job, *states):
        async with asyncio.timeout(60):
            while True:
                found = [one for one in self.told if one.job == job and one.state in states]
                if found:
                    return found[-1]
                self._news.clear()
                await self._news.wait()

    async def until_so_many(self, count, state):
        """The last words of the first jobs that came so far, which need not be those begun first."""
        async with asyncio.timeout(60):
            while len(found := {one.job: one.words for one in self.told if one.state is state}) < count:
                self._news.clear()
                await self._news.wait()
        return found


@pytest.fixture
async def followed(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    made = Followed(tmp_path)
    yield made
    await made.exports.stop()


async def test_progress_is_passed_on_to_the_end(followed):
    job = followed.start("well")
    done = await followed.until(job, ExportState.DONE)
    assert (done.done_us, done.files) == (10, ("a.mp4",))
    states = [one.state for one in followed.told]
    assert states == sorted(states, key=["queued", "running", "done"].index)


async def test_a_job_that_dies_has_failed_and_says_so(followed):
    failed = await followed.until(followed.start("die"), ExportState.FAILED)
    assert failed.words == "The export ended unexpectedly (3)."


async def test_nonsense_from_a_job_is_no_progress(followed):
    assert (await followed.until(followed.start("nonsense"), ExportState.DONE)).files == ("a.mp4",)


async def test_a_running_job_can_be_cancelled(followed):
    job = followed.start("wait")
    await followed.until(job, ExportState.RUNNING)
    followed.exports.cancel(job)
    assert (await followed.until(job, ExportState.CANCELLED)).words == ""


async def test_a_few_run_at_once_and_the_rest_waits_its_turn(followed):
    jobs = [followed.start("wait") for _ in range(MOST_AT_ONCE + 1)]
    for job in jobs[:-1]:
        await followed.until(job, ExportState.RUNNING)
    assert [one.state for one in followed.exports.list()][-1] is ExportState.QUEUED
    followed.exports.cancel(jobs[0])
    await followed.until(jobs[-1], ExportState.RUNNING)


async def test_jobs_that_wait_for_a_disk_hold_up_no_other_and_are_not_without_number(followed):
    stalled = [followed.start("stall") for _ in range(MOST_STALLED + 2)]
    well = followed.start("well")
    assert (await followed.until(well, ExportState.DONE)).files
    refused = await followed.until_so_many(2, ExportState.FAILED)
    assert all("other exports wait" in words for words in refused.values())
    waiting = [one for one in followed.exports.list() if one.job in stalled and one.job not in refused]
    assert len(waiting) == MOST_STALLED
    assert {(one.state, one.words) for one in waiting} == {(ExportState.RUNNING, "Disk 1 does not answer.")}


async def test_a_job_that_waits_its_turn_can_be_cancelled(followed):
    jobs = [followed.start("wait") for _ in range(MOST_AT_ONCE + 1)]
    followed.exports.cancel(jobs[-1])
    await followed.until(jobs[-1], ExportState.CANCELLED)


async def test_job_files_are_removed(followed):
    await followed.until(followed.start("well"), ExportState.DONE)
    await followed.exports.stop()
    assert list((followed.exports._instance.run / "exports").iterdir()) == []


async def test_what_is_not_there_cannot_be_cancelled(followed):
    with pytest.raises(NotFound):
        followed.exports.cancel("nothing")
