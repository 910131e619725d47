import asyncio
import itertools
import socket

import pytest

from recorder.rtsp.intake import CALM_TOGETHER, CALM_TURNS, MANY_TURNS, Intake
from recorder.sockets.outbox import Outbox

pytestmark = pytest.mark.anyio


@pytest.fixture
def pairs():
    made = [socket.socketpair(type=socket.SOCK_DGRAM) for _ in range(3)]
    yield made
    for one in made:
        for end in one:
            end.close()


async def test_all_sockets_are_read_together_and_not_before_the_pause_is_over(pairs, monkeypatch):
    loop = asyncio.get_running_loop()
    intake, wakes, pauses = Intake(pause_s=0.05), [], []
    call_later = loop.call_later

    def watched(delay, callback, *args, **named):
        if delay == 0.05:
            pauses.append(len(wakes))
        return call_later(delay, callback, *args, **named)

    monkeypatch.setattr(loop, "call_later", watched)

    def reader(ours, name):
        def read():
            wakes.append((name, ours.recv(100)))

        return read

    for name, (ours, _) in enumerate(pairs):
        intake.add(ours, reader(ours, name))
    for _ in range(2):
        for _, theirs in pairs:
            theirs.send(b"x")
    async with asyncio.timeout(60):
        while len(wakes) < 6:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    first, second = wakes[:3], wakes[3:]
    assert {name for name, _ in first} == {name for name, _ in second} == {0, 1, 2}
    # A pause begins before the first of the three is read, the next not before all were.
    assert pauses[:2] == [0, 3]
    for ours, _ in pairs:
        intake.remove(ours)


async def test_a_reader_that_fails_does_not_stop_the_others(pairs, caplog):
    intake, read = Intake(pause_s=0.001), asyncio.Event()
    (bad, to_bad), (good, to_good), _ = pairs

    def fail():
        bad.recv(100)
        raise RuntimeError

    intake.add(bad, fail)
    intake.add(good, lambda: (good.recv(100), read.set()))
    for _ in range(3):
        read.clear()
        to_bad.send(b"x")
        to_good.send(b"x")
        async with asyncio.timeout(60):
            await read.wait()
    assert "Reading from a camera failed" in caplog.text
    intake.remove(bad)
    intake.remove(good)


async def test_with_its_last_socket_it_lets_go_of_everything(pairs):
    intake = Intake(pause_s=60)
    (ours, theirs), (other, _), _ = pairs
    for _ in range(2):
        got = asyncio.Event()
        intake.add(ours, lambda got=got: (ours.recv(100), got.set()))
        theirs.send(b"x")
        async with asyncio.timeout(60):
            await got.wait()
        intake.remove(ours)
        intake.remove(other)
    assert intake._epoll is None
    assert intake._pause is None


async def test_a_calm_socket_is_read_at_every_eighth_wake_until_it_is_roused(pairs):
    intake, reads, enough = Intake(pause_s=0.001), [], asyncio.Event()
    (eager, to_eager), (calm, _), _ = pairs
    to_eager.send(b"x")

    def read():
        # It takes nothing, so that it is read at every wake, and counts them.
        reads.append("eager")
        if len(reads) >= 60:
            enough.set()

    async def sixty_more():
        reads.clear()
        enough.clear()
        async with asyncio.timeout(60):
            await enough.wait()
        return reads[:60]

    intake.add(eager, read)
    intake.add(calm, lambda: reads.append("calm"))
    intake.calm(calm)
    intake.calm(calm)
    found = await sixty_more()
    at = [number for number, one in enumerate(found) if one == "calm"]
    assert len(at) >= 6
    assert {later - sooner for sooner, later in itertools.pairwise(at)} == {CALM_TURNS + 1}
    intake.rouse(calm)
    intake.rouse(calm)
    assert "calm" not in await sixty_more()
    pairs[1][1].send(b"x")
    assert (await sixty_more()).count("calm") == 30
    for one in (eager, calm):
        intake.remove(one)


async def test_where_many_are_calm_each_is_read_at_every_twelfth_wake(pairs):
    intake, reads, enough = Intake(pause_s=0.001), [], asyncio.Event()
    eager, to_eager = pairs[0]
    to_eager.send(b"x")
    many = [socket.socketpair(type=socket.SOCK_DGRAM) for _ in range(CALM_TOGETHER + 1)]

    def read():
        reads.append("eager")
        if reads.count("eager") >= 6 * MANY_TURNS:
            enough.set()

    intake.add(eager, read)
    for name, (ours, _theirs) in enumerate(many):
        intake.add(ours, lambda name=name: reads.append(name))
        intake.calm(ours)
    reads.clear()
    async with asyncio.timeout(60):
        await enough.wait()
    for name in range(len(many)):
        # Between two reads of one each wake reads the eager one.
        wakes = "".join("|" if one == name else "." if one == "eager" else "" for one in reads).split("|")[1:-1]
        assert len(wakes) >= 3
        assert {len(one) for one in wakes} == {MANY_TURNS}
    # Where they are few again, they are read sooner.
    intake.rouse(many[-1][0])
    assert intake._period == CALM_TURNS
    intake.remove(eager)
    for one in many:
        intake.remove(one[0])
        for end in one:
            end.close()


async def test_calm_sockets_are_read_although_nothing_wakes_the_recorder(pairs):
    intake, got = Intake(pause_s=0.001), {}
    for name, (ours, _) in enumerate(pairs):
        got[name] = asyncio.Event()
        intake.add(ours, got[name].set)
        intake.calm(ours)
    async with asyncio.timeout(60):
        for one in got.values():
            await one.wait()
    for ours, _ in pairs:
        intake.remove(ours)
    assert intake._epoll is None
    assert intake._pause is None
    # A socket may get the number of one that is gone.
    ours, theirs = pairs[0]
    fresh = asyncio.Event()
    intake.add(ours, lambda: (ours.recv(10), fresh.set()))
    theirs.send(b"x")
    async with asyncio.timeout(60):
        await fresh.wait()
    intake.remove(ours)


async def test_calm_sockets_alone_wake_the_recorder_at_their_turn_and_whoever_else_comes_does_not_wait_for_it(pairs):
    loop = asyncio.get_running_loop()
    intake = Intake(pause_s=60)
    (calm, _), (other, to_other), _ = pairs
    read = asyncio.Event()
    intake.add(calm, lambda: None)
    intake.calm(calm)
    # Its turn is the first of eight: the pauses until it comes again are one.
    assert intake._pause.when() - loop.time() > 60 * (CALM_TURNS - 1)
    intake.rouse(calm)
    assert intake._pause.when() - loop.time() <= 60
    intake.calm(calm)
    intake._pause.cancel()
    intake._listen()
    assert intake._pause.when() - loop.time() > 60
    intake.add(other, lambda: (other.recv(10), read.set()))
    assert intake._pause.when() - loop.time() <= 60
    to_other.send(b"x")
    intake._pause.cancel()
    intake._listen()
    async with asyncio.timeout(60):
        await read.wait()
    for one in (calm, other):
        intake.remove(one)


async def test_what_one_wake_brings_leaves_at_once_when_all_have_read_and_in_the_same_turn(pairs):
    loop, intake = asyncio.get_running_loop(), Intake(pause_s=0.001)
    turns, done, sent = [0], asyncio.Event(), []

    def turn():
        turns[0] += 1
        loop.call_soon(turn)

    class Client:
        def sendmsg(self, pieces):
            sent.append((turns[0], b"".join(pieces)))
            done.set()
            return sum(map(len, pieces))

    outbox = Outbox(Client(), loop, lambda: None, lambda _error: None, intake.soon)
    reads = []

    def reader(ours):
        def read():
            reads.append(turns[0])
            outbox.put(b"header ", ours.recv(100))

        return read

    for ours, theirs in pairs:
        theirs.send(b"picture ")
        intake.add(ours, reader(ours))
    turn()
    async with asyncio.timeout(60):
        await done.wait()
    assert len(reads) == 3
    assert len({*reads, sent[0][0]}) == 1
    assert [data for _turn, data in sent] == [3 * b"header picture "]
    # While nobody reads, what is put in a turn leaves when it is over.
    done.clear()
    outbox.put(b"answer ")
    outbox.put(b"and another")
    assert len(sent) == 1
    async with asyncio.timeout(60):
        await done.wait()
    assert sent[1][1] == b"answer and another"
    for ours, _ in pairs:
        intake.remove(ours)


async def test_a_client_that_fails_keeps_nothing_from_the_others(pairs, caplog):
    intake, read = Intake(pause_s=0.001), asyncio.Event()
    ours, theirs = pairs[0]

    def fail():
        raise RuntimeError

    def take():
        ours.recv(100)
        intake.soon(fail)
        intake.soon(read.set)

    intake.add(ours, take)
    for _ in range(2):
        read.clear()
        theirs.send(b"x")
        async with asyncio.timeout(60):
            await read.wait()
    assert "Handing on what cameras sent failed" in caplog.text
    intake.remove(ours)
