"""The control process: `python -m recorder.control --data DIR`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from recorder.accounts.caller import Door
from recorder.accounts.errors import BadPassword
from recorder.api.app import create_app
from recorder.api.serving import Serving, listen
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, default_data_directory, private_directory
from recorder.control.control import Control

log = logging.getLogger(__name__)

PASSWORD_VARIABLE = "NIGHTJAR_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(prog="recorder.control", description="The control plane of a recorder")
    parser.add_argument("--data", type=Path, default=default_data_directory(), metavar="DIR")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    password = os.environ.pop(PASSWORD_VARIABLE, "")
    try:
        private_directory(asked.data)
        asyncio.run(run(Instance(asked.data), password))
    except NightjarError as error:
        sys.exit(f"control: {error}")


async def run(instance: Instance, password: str) -> None:
    """Serve one instance; `password` is that of the administrator for the first run, if one was given."""
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    control = await asyncio.to_thread(Control, instance)
    await asyncio.to_thread(first_administrator, control, password)
    await control.start()
    serving = Serving(create_app(control))
    await serving.start(listen({door: instance.socket(door.value) for door in Door}))
    print("ready", flush=True)
    await over.wait()
    await serving.stop()
    await control.stop()


def first_administrator(control: Control, password: str) -> None:
    """At the first run, take the password that was given, or show a set-up code for the network."""
    if not control.accounts.needs_setup():
        return
    if password:
        try:
            control.accounts.make_administrator(password)
        except BadPassword as error:
            log.error("%s was not taken: %s", PASSWORD_VARIABLE, error)  # noqa: TRY400 - the words say it all
        else:
            return
    print(f"setup-code {control.accounts.new_code()}", flush=True)


if __name__ == "__main__":
    main()
