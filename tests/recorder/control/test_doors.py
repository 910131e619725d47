"""What others may reach: hal-admin runs the server and opens its ports while an owner wants that, and never else."""

import asyncio
import contextlib
import os
import threading

import pytest

from hal.access import Access
from hal.admin.audit import Audit
from hal.admin.firewall import Firewalls
from hal.admin.helper import Helper
from hal.admin.job import Done
from hal.admin.service import Services
from recorder.control import doors
from recorder.control.control import Control
from recorder.settings.pages.restreaming import Restreaming

pytestmark = pytest.mark.anyio
START, STOP = "systemctl --no-block start nightjar-rtsp.service", "systemctl --no-block stop nightjar-rtsp.service"


class Target:
    """hal-admin as on the target, but for the programs; `ended` is how they end."""

    def __init__(self, instance, folder):
        self.asked = []
        self.ended = Done(0, b"", "")
        self._lock = threading.Lock()
        nouns = {"firewall": Firewalls(self.run), "service": Services(self.run)}
        self.helper = Helper(nouns, Audit(folder / "audit", lasting=False), Access({}, os.getuid()))
        self.socket = instance.socket("hal-admin")

    def run(self, argv, given=b"", patience_s=60.0):
        del patience_s
        with self._lock:
            self.asked.append(given.decode().split("\n")[:-1] if given else " ".join(argv))
        return self.ended

    @contextlib.asynccontextmanager
    async def __call__(self):
        there = asyncio.Event()
        task = asyncio.create_task(self.helper.serve(self.socket, there.set))
        await there.wait()
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def target(instance, tmp_path):
    return Target(instance, tmp_path)


@pytest.fixture
async def control(instance, parts, monkeypatch):
    monkeypatch.setattr(doors, "AGAIN_S", 0.05)
    made = await asyncio.to_thread(Control, instance, parts)
    await made.start()
    yield made
    await made.stop()


async def seen(look):
    async with asyncio.timeout(60):
        while not look():  # noqa: ASYNC110 - programs that were run tell nobody
            await asyncio.sleep(0.02)


async def want(control, author, **values):
    await asyncio.to_thread(control.settings.change, Restreaming, values, author)


FLUSH = "flush chain inet nightjar opened"


async def test_ports_are_open_while_their_owner_wants_it_and_the_server_runs_as_long(target, control, author):
    async with target():
        await seen(lambda: target.asked == [[FLUSH], STOP])
        target.asked.clear()
        await want(control, author, enabled=True, port=8554, tls_port=322)
        opened = [f"add rule inet nightjar opened tcp dport {port} accept" for port in (8554, 322)]
        await seen(lambda: target.asked == [[FLUSH, *opened], START])
        target.asked.clear()
        await want(control, author, enabled=False)
        await seen(lambda: target.asked == [[FLUSH], STOP])


async def test_what_could_not_be_opened_is_told_and_tried_until_it_is(target, control, author):
    await want(control, author, enabled=True)
    await seen(lambda: control.status().troubles)
    (told,) = control.status().troubles
    assert (told.name, told.fault) == ("rtsp", "closed")
    assert "Live streams" in told.words
    async with target():
        await seen(lambda: START in target.asked)
        await seen(lambda: not control.status().troubles)


async def test_a_change_of_another_page_asks_for_nothing(target, control, author):
    async with target():
        await seen(lambda: STOP in target.asked)
        target.asked.clear()
        await want(control, author, clients=9)
        await want(control, author, enabled=True)
        await seen(lambda: START in target.asked)
        assert len(target.asked) == 2, "an unchanged wish is asked for once"
