"""What pages want of the machine, hal-admin is asked for until it is so, and for nothing else."""

import asyncio
import contextlib
import os
import threading
from dataclasses import replace

import pytest

from hal.access import Access
from hal.admin.audit import LARGEST_BYTES, Audit
from hal.admin.clock import Clocks
from hal.admin.firewall import Firewalls
from hal.admin.helper import Helper
from hal.admin.job import Done
from hal.admin.service import Services
from hal.machine import Machine as Roots
from recorder.control import wishes
from recorder.control.control import Control
from recorder.settings.errors import BadSetting
from recorder.settings.machine import Machine
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.restreaming import Restreaming
from recorder.settings.scope import Capability

pytestmark = pytest.mark.anyio
DAY_S = 86_400
START, STOP = "systemctl --no-block start nightjar-rtsp.service", "systemctl --no-block stop nightjar-rtsp.service"


class Target:
    """hal-admin as on the target, but for the programs; `ended` is how they end."""

    def __init__(self, instance, folder):
        self.asked = []
        self.ended = Done(0, b"", "")
        self._lock = threading.Lock()
        self.sources = folder / "nightjar/time/owner.sources"
        self.set_to = []
        clocks = Clocks(Roots(etc=folder), self.run, self.set_to.append)
        nouns = {"firewall": Firewalls(self.run), "service": Services(self.run), "clock": clocks}
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


@contextlib.asynccontextmanager
async def running(instance, parts):
    made = await asyncio.to_thread(Control, instance, parts)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def control(instance, parts, monkeypatch):
    monkeypatch.setattr(wishes, "AGAIN_S", 0.05)
    async with running(instance, parts) as made:
        yield made


@pytest.fixture
async def on_target(instance, parts, monkeypatch):
    """Control of a machine whose clock is the recorder's own."""
    monkeypatch.setattr(wishes, "AGAIN_S", 0.05)
    machine = Machine(system_owned=False, capabilities=frozenset({Capability.SETS_CLOCK}))
    async with running(instance, replace(parts, machine=machine)) as made:
        yield made


async def seen(look):
    async with asyncio.timeout(60):
        while not look():  # noqa: ASYNC110 - programs that were run tell nobody
            await asyncio.sleep(0.02)


async def want(control, author, page=Restreaming, **values):
    await asyncio.to_thread(control.settings.change, page, values, author)


def text(path):
    return path.read_text() if path.exists() else None


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
    assert (told.name, told.fault) == ("rtsp", "refused")
    assert "Live streams" in told.words
    async with target():
        await seen(lambda: START in target.asked)
        await seen(lambda: not control.status().troubles)


def test_what_root_refuses_for_good_fills_its_audit_in_no_season():
    """Full, it lets its oldest lines go."""
    tries, at_s = 0, 0.0
    while at_s < DAY_S:
        at_s, tries = at_s + wishes.wait_s(tries), tries + 1
    line = 400
    """Bytes; those of the clock and of the ports have 200 to 300."""
    assert LARGEST_BYTES / (2 * line * tries) > 90
    assert wishes.wait_s(10**6) == wishes.LONGEST_S


async def test_root_is_asked_the_less_the_oftener_it_refused_and_a_change_is_asked_for_at_once(
    target, control, author, monkeypatch
):
    waited = []
    monkeypatch.setattr(wishes, "wait_s", lambda refused: waited.append(refused) or (0.0 if refused < 9 else 600.0))
    async with target():
        await seen(lambda: STOP in target.asked)
        target.ended = Done(1, b"", "no")
        await want(control, author, enabled=True)
        await seen(lambda: waited[-1:] == [9])
        assert waited[-9:] == list(range(1, 10))
        target.ended = Done(0, b"", "")
        await want(control, author, port=9000)
        await seen(lambda: START in target.asked and not control.status().troubles)


async def test_a_change_of_another_page_asks_for_nothing(target, control, author):
    async with target():
        await seen(lambda: STOP in target.asked)
        target.asked.clear()
        await want(control, author, clients=9)
        await want(control, author, enabled=True)
        await seen(lambda: START in target.asked)
        assert len(target.asked) == 2, "an unchanged wish is asked for once"


@pytest.mark.covers("D-SYS-13")
async def test_the_clock_follows_the_server_that_its_owner_chose(target, on_target, author):
    async with target():
        await seen(lambda: text(target.sources) == "pool pool.ntp.org iburst maxpoll 11\n")
        await want(on_target, author, DateTime, time_server="192.0.2.7", time_interval_min=1)
        await seen(lambda: text(target.sources) == "server 192.0.2.7 iburst maxpoll 6\n")
        await want(on_target, author, DateTime, network_time=False)
        await seen(lambda: text(target.sources) == "")
        await seen(lambda: target.asked.count("chronyc -n reload sources") == 3)


async def test_an_owner_sets_the_clock_by_hand_in_his_own_zone(target, on_target, author):
    await want(on_target, author, DateTime, zone="Asia/Tokyo", network_time=False)
    page = DateTime.about.actions["set-clock"]
    async with target():
        done = await on_target.actions.begin(DateTime, page, {"time": "2027-01-31 18:05:00"}, author)
        await seen(lambda: on_target.actions.get(done.id).state.over)
        assert (on_target.actions.get(done.id).state, target.set_to) == ("done", [1_801_386_300.0])
        target.ended = Done(1, b"", "chronyc: no")
        done = await on_target.actions.begin(DateTime, DateTime.about.actions["correct-clock"], {}, author)
        await seen(lambda: on_target.actions.get(done.id).state.over)
        assert on_target.actions.get(done.id).state == "failed"
    for wrong in ("tomorrow", "1970-01-01 00:00:00", "2027-01-31T18:05Z", "2027-02-30 00:00:00"):
        with pytest.raises(BadSetting, match="no time"):
            await on_target.actions.begin(DateTime, page, {"time": wrong}, author)


async def test_nobodys_clock_is_asked_of_a_laptop(target, control):
    async with target():
        await seen(lambda: STOP in target.asked)
        assert text(target.sources) is None
