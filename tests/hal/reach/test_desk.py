"""Tests of the network are few at once, and a name server that is silent holds nobody for long (D-MNT-08)."""

import asyncio
import gc
import socket
import threading
import warnings

import pytest

from hal.errors import BadRequest
from hal.reach.desk import MOST_AT_ONCE, Asked, Desk
from hal.reach.line import CannotBegin
from hal.reach.probe import Found, look_up
from hal.reach.series import Problem, Report


@pytest.fixture
def silent():
    """Finds names as soon as the test is over."""
    ended = threading.Event()

    def find(_name, _port):
        ended.wait(60)
        raise CannotBegin(Problem.NO_NAME)

    yield find
    ended.set()


def test_a_name_server_that_is_silent_is_told_in_time(silent):
    desk = Desk(silent, patience_s=0.05)
    found = asyncio.run(desk.test(Asked("gate.example"), lambda _report: None))
    assert found == Report(count=10, problem=Problem.NO_NAME_SERVER, over=True)


def test_threads_that_still_wait_for_a_name_server_are_counted_and_bounded(silent):
    async def too_many():
        desk = Desk(silent, patience_s=0.01)
        for _nth in range(MOST_AT_ONCE):
            await desk.test(Asked("gate.example"), lambda _report: None)
        with pytest.raises(BadRequest, match="8 tests of the network are under way"):
            await desk.test(Asked("gate.example"), lambda _report: None)

    asyncio.run(too_many())


@pytest.mark.parametrize("left", [False, True])
def test_a_test_that_ends_and_one_that_is_left_close_all_that_they_opened(left):
    async def tested(port):
        told = asyncio.Event()
        going = asyncio.create_task(Desk().test(Asked("127.0.0.1", port, 20 if left else 1), lambda _one: told.set()))
        if left:
            await told.wait()
            going.cancel()
        await asyncio.wait([going])

    with socket.create_server(("127.0.0.1", 0)) as server, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        asyncio.run(tested(server.getsockname()[1]))
        for thread in threading.enumerate():
            if thread.name == "network test":
                thread.join(60)
        gc.collect()
    assert [str(one.message) for one in told] == []


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (socket.EAI_NONAME, Problem.NO_NAME),
        (socket.EAI_NODATA, Problem.NO_NAME),
        (socket.EAI_AGAIN, Problem.NO_NAME_SERVER),
        (socket.EAI_FAIL, Problem.NO_NAME_SERVER),
    ],
)
def test_no_such_name_and_no_name_server_are_told_apart(monkeypatch, number, problem):
    def fail(*_about, **_more):
        raise socket.gaierror(number, "")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(CannotBegin) as told:
        look_up("gate.example", 0)
    assert told.value.problem is problem


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("127.0.0.1", Found(socket.AF_INET, ("127.0.0.1", 0))),
        ("::1", Found(socket.AF_INET6, ("::1", 0, 0, 0))),
        ("::ffff:127.0.0.1", Found(socket.AF_INET, ("127.0.0.1", 0))),
        ("localhost", Found(socket.AF_INET, ("127.0.0.1", 0))),
    ],
)
def test_an_address_of_either_family_and_a_name_are_found(name, found):
    assert look_up(name, 0) == found or (name == "localhost" and look_up(name, 0).to[0] == "::1")


def test_a_label_that_no_name_server_takes_is_no_name():
    with pytest.raises(CannotBegin, match="no_name"):
        look_up("x" * 70 + ".example", 0)
