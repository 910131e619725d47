"""systemd hears that a process is ready, and that its loop goes round."""

import asyncio
import os
import socket

import pytest

from hal.client.service_manager import ServiceManager


@pytest.fixture(params=["file", "abstract"])
def systemd(request, tmp_path):
    """Give a socket as systemd has it, and the environment that names it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        if request.param == "file":
            name = str(tmp_path / "notify")
            sock.bind(name)
        else:
            name = f"@nightjar-test-{os.getpid()}"
            sock.bind("\0" + name[1:])
        sock.setblocking(False)
        yield sock, {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}


def heard(sock):
    said = []
    while True:
        try:
            said.append(sock.recv(4096).decode())
        except BlockingIOError:
            return said


def test_it_hears_of_readiness_and_of_the_end(systemd):
    sock, environment = systemd
    manager = ServiceManager(environment)
    manager.ready()
    manager.stopping()
    assert heard(sock) == ["READY=1", "STOPPING=1"]


def test_a_loop_that_goes_round_often_speaks_three_times_a_silence(systemd):
    sock, environment = systemd
    now = [0.0]
    manager = ServiceManager(environment, lambda: now[0])
    assert manager.every_s == 10
    for now[0] in range(61):
        manager.alive()
    assert heard(sock) == ["WATCHDOG=1"] * 6


def test_an_event_loop_speaks_for_as_long_as_it_goes_round(systemd):
    sock, environment = systemd
    manager = ServiceManager(environment | {"WATCHDOG_USEC": "30000"})

    async def live():
        beating = asyncio.create_task(manager.keep_alive())
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(60):
            said = [await loop.sock_recv(sock, 64) for _ in range(3)]
        beating.cancel()
        return said

    assert asyncio.run(live()) == [b"WATCHDOG=1"] * 3
    heard(sock)
    assert heard(sock) == []


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"},
        {"NOTIFY_SOCKET": "/nobody/listens/here"},
    ],
)
def test_where_nobody_listens_nothing_is_told_and_nothing_fails(environment):
    manager = ServiceManager(environment)
    assert manager.every_s is None
    manager.ready()
    manager.alive()
    manager.stopping()
