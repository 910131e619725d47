"""`python -m recorder.reader --data DIR`: the process that gives recorded time to everyone."""

import asyncio

from recorder.client.clock import SystemClock
from recorder.reader.client import ReaderClient
from recorder.reader.priority import step_back
from recorder.reader.service import Reader
from recorder.sockets.listener import Listener
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told


async def _serve() -> None:
    instance = instance_from_arguments("recorder.reader", "Reads recordings for playback, export and searches.")
    step_back()
    reader = Reader(instance, SystemClock())
    listener = Listener(instance.socket("reader"), lambda connection: ReaderClient(connection, reader))

    async def start() -> None:
        listener.open()

    async def stop() -> None:
        listener.close()
        await reader.stop()

    await serve_until_told(start, stop)


if __name__ == "__main__":
    log_to_stderr()
    asyncio.run(_serve())
