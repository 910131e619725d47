"""The control process: `python -m recorder.control --data DIR`."""

# Before all that is imported.
from recorder.sockets import starting  # noqa: F401  # pyright: ignore[reportUnusedImport]

# isort: split
import asyncio
import logging
import os
import signal
import sys

from recorder.accounts.caller import Door
from recorder.accounts.errors import BadPassword
from recorder.api.app import create_app
from recorder.api.serving import Serving, listen
from recorder.client.clock import SystemClock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.configuration.incoming import move_in
from recorder.configuration.notice import Notice
from recorder.configuration.reset import carry_out
from recorder.configuration.spare import mend
from recorder.control.control import Control
from recorder.settings.noting import Author
from recorder.settings.registry import built_in
from recorder.sockets import process
from recorder.sockets.process import instance_from_arguments, log_to_stderr, serve_until_told
from recorder.update.backup import take_back
from recorder.update.events import fit
from recorder.update.record import FILE as UPDATE
from recorder.update.record import RecordFile

log = logging.getLogger(__name__)

PASSWORD_VARIABLE = "NIGHTJAR_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


def main() -> None:
    """Run until SIGTERM."""
    instance = instance_from_arguments("recorder.control", "The control plane of a recorder")
    log_to_stderr()
    password = os.environ.pop(PASSWORD_VARIABLE, "")
    try:
        process.run(run(instance, password))
    except NightjarError as error:
        sys.exit(f"control: {error}")


async def run(instance: Instance, password: str) -> None:
    """Serve one instance; `password` is that of the administrator for the first run, if one was given."""
    await asyncio.to_thread(take_back, instance)
    tried = RecordFile(instance.config / UPDATE).load().busy
    lost = await asyncio.to_thread(lambda: fit(instance, tried=tried))
    reset = await asyncio.to_thread(carry_out, instance, built_in(), SystemClock())
    restored = await asyncio.to_thread(move_in, instance)
    notice = Notice(instance.config, SystemClock())
    mended = await asyncio.to_thread(mend, instance, notice)
    if lost:
        try:
            await asyncio.to_thread(notice.add, lost)
        except OSError as error:  # a full disk keeps no recorder from starting
            log.warning("The notice could not be kept: %s", error)
    control = await asyncio.to_thread(Control, instance)
    for words in (*mended, *filter(None, (lost,))):
        log.error("%s", words)
        control.settings.noted("configuration", "", words, Author("recorder", ""))
    control.leave = lambda: os.kill(os.getpid(), signal.SIGTERM)
    if reset is not None or restored or mended:
        await asyncio.to_thread(control.grants.void)
    await asyncio.to_thread(first_administrator, control, password)
    serving = Serving(create_app(control))

    async def start() -> None:
        await control.start()
        await serving.start(*listen({door: instance.socket(door.value) for door in Door}))

    async def stop() -> None:
        control.events.end()
        await serving.stop()
        await control.stop()

    await serve_until_told(start, stop)


def first_administrator(control: Control, password: str) -> None:
    """At the first run, take the password that was given, or show a set-up code for the network."""
    if not control.accounts.first_run.is_due():
        return
    if password:
        try:
            control.accounts.first_run.make_administrator(password)
        except BadPassword as error:
            log.error("%s was not taken: %s", PASSWORD_VARIABLE, error)  # noqa: TRY400 - the words say it all
        else:
            return
    print(f"setup-code {control.accounts.first_run.new_code()}", flush=True)


if __name__ == "__main__":
    main()
