"""The decode process: `python -m recorder.decode --data DIR`."""

import argparse
import asyncio
import logging
import os
import signal
from pathlib import Path

from recorder.client.instance import Instance
from recorder.decode import sandbox
from recorder.decode.service import Service


async def serve(instance: Instance) -> None:
    """Run until SIGTERM or SIGINT."""
    service = Service(instance)
    service.start()
    enough = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, enough.set)
    print("ready", flush=True)
    await enough.wait()
    await service.close()


def main() -> None:
    """Enter the sandbox and serve."""
    parser = argparse.ArgumentParser(prog="python -m recorder.decode", description="Nightjar's decoders")
    parser.add_argument("--data", type=Path, required=True, help="the data directory of the instance")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    sandbox.enter()
    asyncio.run(serve(Instance(asked.data)))
    logging.shutdown()
    # Decode threads may sit in a codec; nothing of theirs is worth waiting for.
    os._exit(0)


if __name__ == "__main__":
    main()
