"""Control with its API on real sockets, in a thread of its own; media, reader and decode beside it are scripted."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field

from argon2 import PasswordHasher

from recorder.accounts.caller import Door
from recorder.accounts.password import Passwords
from recorder.api.app import bare_app, create_app
from recorder.api.serving import Serving, listen
from recorder.client import wire
from recorder.client.api import ApiClient
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.control.control import Control, Parts
from recorder.settings.machine import Machine
from recorder.settings.registry import built_in
from recorder.sockets.name_lookup import Loop

PASSWORD = "correct horse battery"
BARE = []
"""Apps that serve nobody now: what FastAPI makes of three hundred routes is made once for all tests of a worker."""


def quick_passwords():
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Scripted:
    """A process that answers each message as the script says, and remembers what it was told.

    The script gets a message and gives the answers: messages, raw bytes, `None` to hang up.
    """

    name: str
    script: object
    told: list = field(default_factory=list)
    connections: int = 0
    heard: threading.Condition = field(default_factory=threading.Condition)
    writers: list = field(default_factory=list)

    async def serve(self, reader, writer):
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                _kind, payload = await wire.read_frame(reader)
                message = wire.decode(payload)
                with self.heard:
                    self.told.append(message)
                    self.heard.notify_all()
                for answer in self.script(message):
                    if answer is None:
                        return
                    writer.write(answer if isinstance(answer, bytes) else wire.encode(answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()

    def wait_for(self, op, count=1, seconds=60):
        """Wait until so many messages of a kind came, and give them."""
        with self.heard:
            found = self.heard.wait_for(lambda: len(self.of(op)) >= count, seconds)
        assert found, f"{self.name} heard only {[one['op'] for one in self.told]}"
        return self.of(op)

    def of(self, op):
        return [one for one in self.told if one["op"] == op]


class Served:
    def __init__(self, data, clock=None):
        self.instance = Instance(data)
        self.clock = clock or ManualClock()
        self.registry = built_in()
        self.machine = Machine(system_owned=True, present={"network_time": False, "time_server": ""})
        self.servers = []

    def __enter__(self):
        self.loop = Loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.control = Control(self.instance, Parts(self.clock, self.registry, self.machine, quick_passwords()))
        self.bare = BARE.pop() if BARE else bare_app(self.registry)
        self.serving = Serving(create_app(self.control, self.bare))
        self.run(self._start())
        return self

    def __exit__(self, *_exc):
        self.run(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)
        self.loop.close()
        BARE.append(self.bare)

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _start(self):
        await self.control.start()
        await self.serving.start(*listen({door: self.instance.socket(door.value) for door in Door}))

    async def _stop(self):
        for server in self.servers:
            server.close()
        self.control.events.end()
        await self.serving.stop()
        await self.control.stop()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def beside(self, name, script):
        """Put a scripted process beside control."""
        found = Scripted(name, script)

        async def start():
            self.servers.append(await asyncio.start_unix_server(found.serve, str(self.instance.socket(name))))

        self.run(start())
        return found

    def client(self, door, token=""):
        return ApiClient(self.instance.socket(door), token, timeout_s=60)

    @property
    def owner(self):
        return self.client("control")

    @property
    def screen(self):
        return self.client("screen")

    @property
    def web(self):
        return self.client("web")

    def set_up(self):
        self.control.accounts.first_run.make_administrator(PASSWORD)

    def admin(self, door="web"):
        """A client that is logged in as the administrator."""
        if self.control.accounts.first_run.is_due():
            self.set_up()
        client = self.client(door)
        client.log_in("admin", PASSWORD)
        return client


def wait_for(look, seconds=60):
    """Look until something true is seen, and give it."""
    over = threading.Event()
    for _try in range(seconds * 20):
        if seen := look():
            return seen
        over.wait(0.05)
    raise AssertionError("not seen")
