"""The detect process: `python -m recorder.detect --data DIR`."""

import asyncio
import os
import sys

import cv2

from recorder.decode import sandbox
from recorder.detect.service import Service
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told


async def _serve() -> None:
    instance = instance_from_arguments("recorder.detect", "Looks at the pictures of every channel.")
    # Pictures are small: handing parts of them to threads takes longer than the work.
    cv2.setNumThreads(1)
    sandbox.enter()
    service = Service(instance)

    async def start() -> None:
        service.start()

    await serve_until_told(start, service.close)


if __name__ == "__main__":
    log_to_stderr()
    asyncio.run(_serve())
    sys.stderr.flush()
    os._exit(0)
