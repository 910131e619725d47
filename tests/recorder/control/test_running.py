"""What runs in control ends together, and a fault in one of it is neither silent nor in the way of the others."""

import asyncio
import threading

from recorder.control.running import Running


class Kept:
    """Works that wait, and what came of them."""

    def __init__(self):
        self.ended = []
        self.waits = asyncio.Event()

    async def wait(self, name):
        try:
            await self.waits.wait()
        finally:
            self.ended.append(name)

    async def fail(self):
        raise OSError("the disk is gone")

    async def be_over(self):
        self.ended.append("over")


def test_a_fault_is_told_at_once_and_all_others_run_on_to_their_end(caplog):
    async def work():
        kept, running = Kept(), Running()
        running.begin([kept.wait("first"), kept.fail(), kept.be_over(), kept.wait("last")])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        (told,) = caplog.records
        assert "Kept.fail ended by a fault" in told.getMessage()
        assert "the disk is gone" in str(told.exc_info[1])
        assert kept.ended == ["over"]
        await running.end()
        assert kept.ended == ["over", "first", "last"]
        await running.end()

    asyncio.run(work())
    assert len(caplog.records) == 1, "what ended as it should is told nobody"


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
