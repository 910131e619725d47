"""The hardware services of a laptop in threads of the tests: a Python that imports one takes longer than most tests do.

That each is a process of its own, and how it ends, is for `test_daemon`, `admin/test_helper` and whole recorders.
"""

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from pathlib import Path

from hal.__main__ import arguments, daemon_of
from hal.admin.__main__ import simulated

PATIENCE_S = 60


@contextlib.contextmanager
def serving(server, socket):
    """Serve while inside."""
    served = Future()

    async def serve():
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        with contextlib.suppress(asyncio.CancelledError):
            await server.serve(socket, lambda: served.set_result((loop, task)))

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name=type(server).__name__)
    thread.start()
    loop, task = served.result(PATIENCE_S)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE_S)
        socket.unlink(missing_ok=True)


@contextlib.contextmanager
def hal(socket, *options, board="simulated"):
    """The devices of a board; `options` are those of the command line."""
    daemon = daemon_of(arguments(["--socket", str(socket), "--board", board, *map(str, options)]))
    with daemon.board, serving(daemon, Path(socket)):
        yield


@contextlib.contextmanager
def hal_admin(socket, audit, world):
    """The root helper, which touches simulated disks alone."""
    with serving(simulated(Path(world), Path(audit), Path(socket)), Path(socket)):
        yield
