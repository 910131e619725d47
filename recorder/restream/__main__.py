"""The RTSP server: `python -m recorder.restream --data DIR`; `run/rtsp.json` says at which ports it is reached."""

import asyncio
import sys

from recorder.client.clock import SystemClock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.restream.serving import Serving
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told
from recorder.sockets.running import Running


def main() -> None:
    """Run until SIGTERM."""
    instance = instance_from_arguments("recorder.restream", "Live streams of the recorder over RTSP")
    log_to_stderr()
    try:
        asyncio.run(run(instance))
    except NightjarError as error:
        sys.exit(f"rtsp: {error}")


async def run(instance: Instance) -> None:
    """Serve one instance."""
    running = Running()

    async def serve() -> None:
        await Serving(instance, SystemClock()).run()

    async def start() -> None:
        running.begin([serve])

    await serve_until_told(start, running.end)


if __name__ == "__main__":
    main()
