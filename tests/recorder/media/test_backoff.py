import asyncio

import pytest

from recorder.media.backoff import LONGEST_S, Backoff, Pacer


def test_the_first_retry_comes_soon_and_later_ones_ever_slower():
    backoff = Backoff()
    pauses = [backoff.pause_s() for _ in range(12)]
    assert pauses[0] <= 0.5
    assert all(pause <= LONGEST_S for pause in pauses)
    assert min(pauses[6:]) >= LONGEST_S * 0.6


def test_a_camera_that_played_is_tried_soon_again():
    backoff = Backoff()
    for _ in range(12):
        backoff.pause_s()
    backoff.reset()
    assert backoff.pause_s() <= 0.5


def test_streams_that_failed_together_do_not_return_together():
    pauses = {Backoff().pause_s() for _ in range(64)}
    assert len(pauses) > 60


@pytest.mark.anyio
async def test_a_storm_of_connections_is_spread_out():
    pacer = Pacer(spacing_s=0.001)
    loop = asyncio.get_running_loop()
    started = loop.time()

    async def turn():
        await pacer.turn()
        return loop.time() - started

    times = sorted(await asyncio.gather(*(turn() for _ in range(64))))
    assert times[-1] >= 0.062
    assert all(at >= index * 0.001 - 0.0005 for index, at in enumerate(times))
