"""A camera that stays away while its port gives it power is restarted by it: after three minutes, three times a day."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from hal.client.follower import Follower
from hal.client.kinds import PoePort, PoeSupplyState, PortState
from recorder.client.answers import SeatStatus
from recorder.events.linkages.restart import DAY_US, MOST_A_DAY, OFFLINE_US, Restart
from recorder.events.sources.picture_faults import CameraOffline

pytestmark = pytest.mark.anyio


class Site:
    """One camera at port 5, offline; `restarted` are the ports that lost their power for a moment."""

    def __init__(self, bench):
        self.bench, self.restarted, self.remarks = bench, [], {}
        seats = SimpleNamespace(seats=(SeatStatus(3, 5, 5, 4.2, "", ""),), remark=self.remarks.__setitem__)
        follower = Follower(Path("nowhere"))
        self.says = follower._changed
        self.around = SimpleNamespace(
            clock=bench.clock,
            seats=seats,
            poe=SimpleNamespace(restart=self.restart),
            hardware=SimpleNamespace(follower=follower),
        )
        self.power(PortState.DELIVERING)
        self.anew()

    def anew(self):
        self.linkage = Restart(self.around, self.bench.engine)

    async def restart(self, supply, port):
        self.restarted.append((supply, port))

    def power(self, state):
        port = PoePort(5, state=state)
        self.says(PoeSupplyState(name="PSE", online=True, reason="", ports=(port,)))

    async def offline(self, after_s=30):
        self.bench.change(CameraOffline, "3", after_s=after_s, restart=True, anti_dither_s=0)
        self.event = self.bench.engine.begin(CameraOffline, "3", words="Gate cannot be reached.", channel=3)
        await self.linkage.begin(self.event, self.bench.rules.get(CameraOffline, "3"))

    async def after(self, seconds):
        self.bench.clock.advance(seconds)
        await self.linkage.look(self.event)
        return len(self.restarted)


@pytest.fixture
def site(bench):
    return Site(bench)


@pytest.mark.covers("D-CAM-10")
async def test_it_is_restarted_after_three_minutes_offline_and_three_times_at_most(site):
    await site.offline(after_s=30)
    assert await site.after(149) == 0
    assert await site.after(1) == 1
    assert site.restarted == [("PSE", 5)]
    assert site.remarks[3] == "Restarted by its power, 1 of 3 times a day."
    assert [await site.after(OFFLINE_US / 1e6 / 2) for _half in range(12)] == [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    assert site.remarks[3].startswith("Restarted 3 times without success.")
    (event,) = await site.bench.listed()
    assert [(one.linkage, one.words) for one in event.reactions] == [("restart", site.remarks[3])]


async def test_one_without_power_is_not_restarted(site):
    await site.offline()
    site.power(PortState.SEARCHING)
    assert await site.after(600) == 0
    site.power(PortState.DELIVERING)
    assert await site.after(1) == 1


async def test_the_day_counts_over_restarts_of_control_and_ends(site):
    for count in range(1, MOST_A_DAY + 1):
        await site.offline()
        assert await site.after(150) == count
        site.bench.engine.end(CameraOffline, "3")
        site.anew()
    await site.offline()
    assert await site.after(150) == MOST_A_DAY
    assert await site.after(DAY_US / 1e6) == MOST_A_DAY + 1


async def test_a_camera_that_is_at_no_port_of_ours_is_left_alone(site):
    site.around.seats.seats = ()
    await site.offline()
    assert site.linkage.lacking(site.event, None) == "The camera is at no PoE port of the recorder."
    assert await site.after(600) == 0


async def test_the_tile_says_nothing_more_once_it_is_back(site):
    await site.offline()
    await site.after(150)
    await site.linkage.end(site.event, None)
    assert site.remarks[3] == ""
