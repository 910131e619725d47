"""`python -m recorder.media --data DIR`: the process that records."""

import gc

from recorder.client.clock import SystemClock
from recorder.media.client import MediaClient
from recorder.media.service import Media
from recorder.sockets.listener import Listener
from recorder.sockets.process import instance_from_arguments, log_to_stderr, run, serve_until_told

# Samples come and go in whole GOPs and hold no cycles: looking for some at every 700 objects would be in vain.
COLLECT_AFTER = 20_000


async def _serve() -> None:
    instance = instance_from_arguments("recorder.media", "Pulls cameras, records them, serves live samples.")
    media = Media(instance, SystemClock())
    listener = Listener(instance.socket("media"), lambda connection: MediaClient(connection, media), media.intake.soon)

    async def start() -> None:
        media.start()
        listener.open()

    async def stop() -> None:
        await media.stop()
        listener.close()

    gc.set_threshold(COLLECT_AFTER, 20, 50)
    await serve_until_told(start, stop)


if __name__ == "__main__":
    log_to_stderr()
    run(_serve())
