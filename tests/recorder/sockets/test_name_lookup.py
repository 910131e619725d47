"""A name server that hangs holds up nobody who needs none."""

import asyncio
import socket
import threading

import pytest

from recorder.sockets import name_lookup
from recorder.sockets.name_lookup import AT_ONCE, Loop

PATIENCE_S = 60
ADDRESS = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))]
REAL = socket.getaddrinfo


class Names:
    """A name server: what begins with `silent` is answered when the test lets it."""

    def __init__(self):
        self.asked, self.answer = [], threading.Event()

    def getaddrinfo(self, host, port, family=0, kind=0, proto=0, flags=0):
        if flags & socket.AI_NUMERICHOST:
            return REAL(host, port, family, kind, proto, flags)
        self.asked.append(host)
        if host.startswith("silent"):
            assert self.answer.wait(PATIENCE_S)
        if host.startswith("unknown"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ADDRESS


@pytest.fixture
def names(monkeypatch):
    found = Names()
    monkeypatch.setattr(name_lookup.socket, "getaddrinfo", found.getaddrinfo)
    yield found
    found.answer.set()


def run(work):
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(asyncio.wait_for(work, PATIENCE_S))


async def begun(names, count):
    while len(names.asked) < count:  # noqa: ASYNC110 - threads tell no event
        await asyncio.sleep(0.01)


def test_a_name_server_that_hangs_takes_no_thread_from_anybody_and_no_address_waits_for_it(names):
    async def work():
        loop = asyncio.get_running_loop()
        waiting = [asyncio.create_task(loop.getaddrinfo(f"silent{n}.test", 80)) for n in range(3 * AT_ONCE)]
        await begun(names, AT_ONCE)
        assert await asyncio.gather(*(asyncio.to_thread(int, n) for n in range(64))) == list(range(64))
        for address in ("127.0.0.1", "::1", "10.0.0.7"):
            assert (await loop.getaddrinfo(address, 554, type=socket.SOCK_STREAM))[0][4][0] == address
        assert not any(one.done() for one in waiting)
        names.answer.set()
        assert await asyncio.gather(*waiting) == [ADDRESS] * len(waiting)

    run(work())


def test_of_one_name_there_is_one_lookup_and_who_gives_up_takes_it_from_nobody(names):
    async def work():
        loop = asyncio.get_running_loop()
        waiting = [asyncio.create_task(loop.getaddrinfo("silent.test", 80)) for _n in range(3 * AT_ONCE)]
        await begun(names, 1)
        waiting.pop().cancel()
        assert await loop.getaddrinfo("other.test", 80) == ADDRESS
        names.answer.set()
        assert await asyncio.gather(*waiting) == [ADDRESS] * len(waiting)
        assert names.asked == ["silent.test", "other.test"]
        # And the next asks anew: an address may change.
        await loop.getaddrinfo("silent.test", 80)
        assert names.asked.count("silent.test") == 2

    run(work())


def test_a_name_that_nobody_knows_is_told_as_ever(names):
    async def work():
        with pytest.raises(socket.gaierror):
            await asyncio.get_running_loop().getaddrinfo("unknown.test", 80)

    run(work())


def test_an_end_waits_for_no_lookup(names):
    async def work():
        asking = asyncio.create_task(asyncio.get_running_loop().getaddrinfo("silent.test", 80))
        await begun(names, 1)
        asking.cancel()

    run(work())
    assert not names.answer.is_set()
