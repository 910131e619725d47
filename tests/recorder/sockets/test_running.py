"""What runs in a process ends together, and a fault in one of it is neither silent nor in the way of the others."""

import asyncio
import threading
from functools import partial

import pytest

from recorder.sockets import running as module
from recorder.sockets.running import Running


class Kept:
    """Works that wait, and what came of them."""

    def __init__(self):
        self.ended, self.begun = [], []
        self.waits = asyncio.Event()

    async def wait(self, name):
        try:
            await self.waits.wait()
        finally:
            self.ended.append(name)

    async def fail(self, twice=True):
        self.begun.append(twice)
        if len(self.begun) == 1 or twice:
            raise OSError("the disk is gone")
        await self.wait("mended")

    async def be_over(self):
        self.ended.append("over")


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(module, "AGAIN_S", 0)


async def turns(so):
    """Let the loop run until something is so."""
    for _turn in range(1000):
        if so():
            return
        await asyncio.sleep(0)
    raise AssertionError("not seen")


def test_a_work_that_a_fault_ends_is_told_and_begun_again_and_all_others_run_on_to_their_end(caplog, at_once):
    async def work():
        kept, running = Kept(), Running()
        once = partial(kept.fail, twice=False)
        running.begin([partial(kept.wait, "first"), once, kept.be_over, partial(kept.wait, "last")])
        await turns(lambda: len(kept.begun) == 2)
        (told,) = caplog.records
        assert "Kept.fail ended by a fault, and is begun again" in told.getMessage()
        assert "the disk is gone" in str(told.exc_info[1])
        assert kept.ended == ["over"]
        await running.end()
        assert sorted(kept.ended) == ["first", "last", "mended", "over"]
        await running.end()

    asyncio.run(work())
    assert len(caplog.records) == 1, "what ended as it should is told nobody, and is not begun again"


def test_what_fails_again_and_again_is_begun_again_and_again_and_ends_with_the_others(at_once):
    async def work():
        kept, running = Kept(), Running()
        running.begin([kept.fail])
        await turns(lambda: len(kept.begun) > 3)
        await running.end()
        begun = len(kept.begun)
        await asyncio.sleep(0)
        assert len(kept.begun) == begun

    asyncio.run(work())


def test_another_thread_has_something_done_in_the_loop_and_nothing_before_there_is_one():
    async def work():
        running, done, here = Running(), asyncio.Event(), threading.get_ident()
        where = []

        def do():
            where.append(threading.get_ident())
            done.set()

        running.soon(do)
        running.later(0, do)
        running.ready()
        for ask in (running.soon, lambda do: running.later(0, do)):
            done.clear()
            await asyncio.to_thread(ask, do)
            await asyncio.wait_for(done.wait(), 60)
        assert where == [here, here]

    asyncio.run(work())
