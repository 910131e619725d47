"""Tests of the network that are under way: each in a thread, few at once, none longer than its requests take."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from hal.errors import BadRequest
from hal.reach.line import CannotBegin
from hal.reach.probe import Found, Stop, look_up, open_line, probe, require_name
from hal.reach.series import LEAST_INTERVAL_S, MOST_INTERVAL_S, MOST_REQUESTS, Problem, Report, Series

MOST_AT_ONCE = 8
"""A name whose servers are silent keeps its thread for as long as the C library waits for them."""
LOOK_UP_S = 10.0
Result = TypeVar("Result")


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is tested: an address or a name, by echo requests or, with a port, by connections to that."""

    address: Annotated[str, Meta(min_length=1, max_length=255)]
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    count: Annotated[int, Meta(ge=1, le=MOST_REQUESTS)] = 10
    interval_s: Annotated[float, Meta(ge=LEAST_INTERVAL_S, le=MOST_INTERVAL_S)] = 0.5


class Desk:
    """Begins tests; belongs to the event loop."""

    def __init__(self, find: Callable[[str, int], Found] = look_up, patience_s: float = LOOK_UP_S) -> None:
        """`find` gives the address of a name, which is waited for so long."""
        self._find = find
        self._patience_s = patience_s
        self._threads = 0

    async def test(self, asked: Asked, told: Callable[[Report], None]) -> Report:
        """Test it, telling in the loop how far that is; ended where this is cancelled. Raises `BadRequest`, OSError."""
        name = require_name(asked.address)
        if self._threads >= MOST_AT_ONCE:
            raise BadRequest(f"{MOST_AT_ONCE} tests of the network are under way; wait for one to end")
        try:
            async with asyncio.timeout(self._patience_s):
                found = await self._in_thread(partial(self._find, name, asked.port))
            line = open_line(found, asked.port)
        except TimeoutError:
            return replace(Report(count=asked.count), problem=Problem.NO_NAME_SERVER, over=True)
        except CannotBegin as error:
            return replace(Report(count=asked.count), problem=error.problem, over=True)
        loop = asyncio.get_running_loop()
        series = Series(asked.count, asked.interval_s, line.wait_s)
        stop = Stop()

        def soon(report: Report) -> None:
            with contextlib.suppress(RuntimeError):  # the loop ended
                loop.call_soon_threadsafe(told, report)

        try:
            return await self._in_thread(partial(probe, line, series, str(found.to[0]), soon, stop))
        finally:
            stop.ask()

    def _in_thread(self, do: Callable[[], Result]) -> "asyncio.Future[Result]":
        """Do it in a thread that nothing waits for at the end of the process: a name server may stay silent."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        self._threads += 1

        def settle(result: Result | None, error: BaseException | None) -> None:
            self._threads -= 1
            if done.cancelled():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(result)  # pyright: ignore[reportArgumentType]

        def work() -> None:
            result, error = None, None
            try:
                result = do()
            except BaseException as caught:  # noqa: BLE001 - whoever asked gets it
                error = caught
            with contextlib.suppress(RuntimeError):  # the loop ended
                loop.call_soon_threadsafe(settle, result, error)

        threading.Thread(target=work, name="network test", daemon=True).start()
        return done
