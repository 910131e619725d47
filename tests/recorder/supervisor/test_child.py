import asyncio
import os
import signal
import sys

import pytest

from recorder.supervisor.child import Child, ChildSpec

pytestmark = pytest.mark.anyio


class Changes:
    """Hears a child and lets a test wait for what it saw."""

    def __init__(self, *program):
        self.lines = []
        self.ends = []
        self.told = asyncio.Event()
        argv = [sys.executable, "-u", "-c", "\n".join(program)]
        self.child = Child(ChildSpec("one", argv, said=self._said, over=self._over), self.told.set)

    def _said(self, line):
        self.lines.append(line)
        self.told.set()

    def _over(self, status):
        self.ends.append(status)
        self.told.set()

    async def until(self, look):
        async with asyncio.timeout(60):
            while not look():
                self.told.clear()
                await self.told.wait()


async def test_a_killed_process_is_started_again_under_another_pid():
    seen = Changes("import time", "print('ready')", "time.sleep(60)")
    seen.child.start()
    await seen.until(lambda: seen.lines == ["ready"])
    first = seen.child.running
    os.kill(first.pid, signal.SIGKILL)
    await seen.until(lambda: seen.lines == ["ready", "ready"])
    assert seen.ends == [-signal.SIGKILL]
    assert seen.child.running.pid != first.pid
    assert seen.child.running.restarts == 1
    await seen.child.stop()
    assert seen.child.running is None


async def test_a_key_that_ends_the_recorder_ends_no_process_before_its_turn():
    seen = Changes("import time", "print('ready')", "time.sleep(60)")
    seen.child.start()
    await seen.until(lambda: seen.lines == ["ready"])
    assert os.getpgid(seen.child.running.pid) != os.getpgrp()
    await seen.child.stop()


async def test_a_process_that_dies_is_back_at_once_and_one_that_keeps_dying_after_longer_and_longer_pauses(monkeypatch):
    pauses = []
    real, ours = asyncio.sleep, asyncio.get_running_loop()

    async def sleep(seconds):
        if asyncio.get_running_loop() is not ours:
            return await real(seconds)
        pauses.append(seconds)
        return await real(0)

    monkeypatch.setattr("recorder.supervisor.child.asyncio.sleep", sleep)
    seen = Changes("raise SystemExit(3)")
    seen.child.start()
    await seen.until(lambda: len(seen.ends) >= 7)
    await seen.child.stop()
    assert set(seen.ends) == {3}
    assert pauses[:6] == [0, 0.2, 0.4, 0.8, 1.6, 3.2]


async def test_a_process_that_will_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("recorder.supervisor.child.STOP_S", 0.2)
    seen = Changes(
        "import signal, time", "signal.signal(signal.SIGTERM, signal.SIG_IGN)", "print('ready')", "time.sleep(60)"
    )
    seen.child.start()
    await seen.until(lambda: seen.lines)
    pid = seen.child.running.pid
    await seen.child.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert seen.ends == []


async def test_an_endless_line_and_broken_text_do_not_stop_the_listening():
    program = ["import sys", "o = sys.stdout.buffer", "o.write(b'x' * 300_000 + b'\\n\\xff\\nready\\n')", "o.flush()"]
    seen = Changes(*program, "import time", "time.sleep(60)")
    seen.child.start()
    await asyncio.wait_for(seen.child.ready.wait(), 60)
    assert seen.lines[-2:] == ["\ufffd", "ready"]
    await seen.child.stop()
