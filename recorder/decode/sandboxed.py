"""A process that looks at hostile streams: OpenCV without threads, a sandbox, an end that waits for no codec."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import NoReturn, Protocol

import cv2

from recorder.client.instance import Instance
from recorder.decode import sandbox
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told


class Service(Protocol):
    """What such a process does."""

    def start(self) -> None:
        """Begin; an event loop runs."""
        ...

    async def close(self) -> None:
        """End."""
        ...


def run(process: str, about: str, service: Callable[[Instance], Service]) -> NoReturn:
    """Run until told, and leave the process."""
    log_to_stderr()
    asyncio.run(_serve(process, about, service))
    sys.stderr.flush()
    # A thread may sit in a codec still; nothing of its work is worth waiting for.
    os._exit(0)


async def _serve(process: str, about: str, service: Callable[[Instance], Service]) -> None:
    instance = instance_from_arguments(process, about)
    # Its own threads are all that such a process has: handing out parts of small pictures takes longer than the work.
    cv2.setNumThreads(1)
    sandbox.enter()
    served = service(instance)

    async def start() -> None:
        served.start()

    await serve_until_told(start, served.close)
