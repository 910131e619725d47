"""How a process of the recorder runs: its arguments, its log, its `ready`, its end on a signal."""

import argparse
import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from hal.client.service_manager import ServiceManager
from recorder.client.instance import Instance
from recorder.client.known import know
from recorder.sockets.name_lookup import Loop

LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"


def instance_from_arguments(process: str, about: str) -> Instance:
    """Read `--data DIR` from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {process}", description=about)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data directory of the recorder")
    know()
    return Instance(parser.parse_args().data)


def log_to_stderr() -> None:
    """One line an event on standard error; the supervisor adds the time."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=LOG_FORMAT)
    # It tells each address that is called, whole: with the password or token that is in it.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a process whose names are looked up beside everything else."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(work)


async def serve_until_told(start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]]) -> None:
    """Start, say `ready`, wait for SIGTERM or SIGINT, stop."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    await start()
    # What was imported and built lives as long as the process: the collector need not look at it again, nor once more
    # before. Where it rested until now (`recorder.sockets.starting`) it begins.
    gc.freeze()
    gc.enable()
    print("ready", flush=True)  # noqa: T201 - the supervisor waits for it
    manager = ServiceManager()
    manager.ready()
    beating = asyncio.create_task(manager.keep_alive())
    await over.wait()
    beating.cancel()
    manager.stopping()
    await stop()
