"""The panel process: `python -m recorder.panel --data DIR`; `run/panel.json` has the address that opens once."""

import asyncio
import json
import logging
import socket

from recorder.client.instance import Instance
from recorder.panel.app import create_app
from recorder.panel.entrance import Entrance
from recorder.sockets.http_server import HttpServer, wanted_port
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told

PORT_VARIABLE = "NIGHTJAR_PANEL_PORT"
PORT = 8470
FILE = "panel.json"
STOP_S = 1
log = logging.getLogger(__name__)


def listen() -> socket.socket:
    """Listen on the loopback alone: at `NIGHTJAR_PANEL_PORT` or 8470, or where that is taken at any free port."""
    wanted = wanted_port(PORT_VARIABLE, PORT)
    try:
        return socket.create_server(("127.0.0.1", wanted))
    except OSError as error:
        log.warning("Port %d is not free (%s); another one is taken.", wanted, error.strerror)
        return socket.create_server(("127.0.0.1", 0))


async def run(instance: Instance) -> None:
    """Serve one instance."""
    listening = listen()
    port = listening.getsockname()[1]
    place = instance.run / FILE

    def fresh_token(token: str) -> None:
        fresh = place.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"address": f"http://127.0.0.1:{port}/?token={token}"}))
        fresh.replace(place)

    app = Entrance(create_app(instance), port, fresh_token)
    serving = HttpServer(app, stop_s=STOP_S)

    async def stop() -> None:
        place.unlink(missing_ok=True)
        await serving.stop()

    await serve_until_told(lambda: serving.start(listening), stop)


def main() -> None:
    """Run until SIGTERM."""
    instance = instance_from_arguments("recorder.panel", "The front panel of the simulated board")
    log_to_stderr()
    asyncio.run(run(instance))


if __name__ == "__main__":
    main()
