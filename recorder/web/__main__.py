"""The web process: `python -m recorder.web --data DIR`; `run/web.json` says on which port it is reached."""

import asyncio
import json
import logging
import sys

from recorder.client.clock import SystemClock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.sockets.http_server import wanted_port
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told
from recorder.web.app import create_app
from recorder.web.certificate import ensure, host_names
from recorder.web.proxy import Proxy
from recorder.web.serving import PORT, PORT_VARIABLE, Serving, listen

log = logging.getLogger(__name__)


def main() -> None:
    """Run until SIGTERM."""
    instance = instance_from_arguments("recorder.web", "The recorder for browsers and other machines")
    log_to_stderr()
    try:
        asyncio.run(run(instance))
    except NightjarError as error:
        sys.exit(f"web: {error}")


async def run(instance: Instance) -> None:
    """Serve one instance."""
    certificate = await asyncio.to_thread(ensure, instance.own or instance.config)
    proxy = Proxy(instance.socket("web"))
    serving = Serving(create_app(instance, proxy, host_names(), SystemClock()), certificate)
    place = instance.run / "web.json"

    async def start() -> None:
        listening = listen(wanted_port(PORT_VARIABLE, PORT))
        port = listening.getsockname()[1]
        await serving.start(listening)
        fresh = place.with_suffix(".new")
        fresh.write_text(json.dumps({"port": port, "fingerprint": certificate.fingerprint}))
        fresh.replace(place)
        log.info("https://localhost:%d", port)

    async def stop() -> None:
        place.unlink(missing_ok=True)
        await serving.stop()
        await proxy.close()

    await serve_until_told(start, stop)


if __name__ == "__main__":
    main()
