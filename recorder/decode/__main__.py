"""The decode process: `python -m recorder.decode --data DIR`."""

import asyncio
import os
import sys

import cv2

from recorder.decode import sandbox
from recorder.decode.service import Service
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told


async def _serve() -> None:
    instance = instance_from_arguments("recorder.decode", "Decodes streams for the screen and for detection.")
    # The threads of the crew are all that decode has: what OpenCV halves is too small to be shared out.
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
    # A decode thread may sit in a codec still; nothing of its work is worth waiting for.
    os._exit(0)
