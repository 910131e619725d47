"""A signal to a child leaves its status to who waits for it."""

import asyncio
import os
import signal
import sys
import threading

import pytest

from recorder.client import child_signal

pytestmark = pytest.mark.anyio


@pytest.fixture
def child():
    """Give what starts a program as a child."""

    async def started(program):
        return await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)

    return started


async def test_a_child_gets_it(child):
    process = await child("import signal; print(flush=True); signal.pause()")
    await process.stdout.readline()
    child_signal.send(process, signal.SIGTERM)
    assert await process.wait() == -signal.SIGTERM


async def test_one_that_has_ended_and_nobody_noticed_yet_keeps_its_status(child, monkeypatch):
    taken, wait = threading.Event(), os.waitpid

    def late(pid, options):
        taken.wait()
        return wait(pid, options)

    monkeypatch.setattr(os, "waitpid", late)
    process = await child("raise SystemExit(3)")
    await asyncio.to_thread(os.waitid, os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    child_signal.send(process, signal.SIGTERM)
    taken.set()
    assert await process.wait() == 3


async def test_one_that_is_gone_is_left_alone(child, monkeypatch):
    process = await child("")
    await process.wait()
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a number that may be somebody else's by now"))
    child_signal.send(process, signal.SIGKILL)
