"""Clips get made whatever happens to who makes them."""

import asyncio

import pytest

from recorder.client.stream import Codec
from recorder.simulate.clip import ClipReader, ClipSpec
from recorder.simulate.encoding import encode
from recorder.simulate.workshop import Workshop

pytestmark = pytest.mark.anyio
SPEC = ClipSpec("bench", Codec.H264, 128, 72, 25, 200_000, 50, 150)


async def test_work_that_a_dead_worker_left_is_given_to_another(tmp_path):
    workshop = Workshop(tmp_path)
    await workshop.want(SPEC)
    (worker,) = [one for one in workshop._workers if one.process]
    worker.process.kill()
    async with asyncio.timeout(30):
        await workshop.idle()
    assert SPEC.place(tmp_path).exists()
    assert not workshop.failed(SPEC)
    await workshop.close()


async def test_a_clip_that_is_there_costs_no_process(tmp_path):
    list(encode(SPEC, tmp_path))
    workshop = Workshop(tmp_path)
    await workshop.want(SPEC)
    assert not any(one.process for one in workshop._workers)
    await workshop.close()


async def test_closing_ends_the_workers(tmp_path):
    workshop = Workshop(tmp_path)
    await workshop.want(SPEC)
    processes = [one.process for one in workshop._workers if one.process]
    await workshop.close()
    assert [process.returncode is not None for process in processes] == [True]


def test_two_makers_of_one_clip_do_the_work_once(tmp_path):
    first, second = encode(SPEC, tmp_path), encode(SPEC, tmp_path)
    assert next(first) is True
    assert next(second) is False
    assert all(first)
    assert list(second) == []
    reader = ClipReader(SPEC.place(tmp_path))
    reader.refresh()
    assert reader.complete
    assert [path.suffix for path in tmp_path.iterdir()] == [".clip"]


def test_a_bench_clip_fills_its_bit_rate(tmp_path):
    list(encode(SPEC, tmp_path))
    reader = ClipReader(SPEC.place(tmp_path))
    reader.refresh()
    seconds = SPEC.frames / SPEC.frames_per_s
    assert 0.85 < sum(map(len, reader.samples)) * 8 / seconds / SPEC.bits_per_s < 1.25
    keys = [index for index, sample in enumerate(reader.samples) if sample[4] & 31 == 7]
    assert keys == [0, 50, 100]
