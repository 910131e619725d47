"""Media and reader as real processes on a data directory of their own, and a client to talk to them."""

import asyncio
import contextlib
import shutil
import signal
import sys
import time
from pathlib import Path

import msgspec

from recorder.client import wire
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus, StreamStatus
from recorder.client.stream import Epoch, StreamName
from recorder.client.tap import Arrived, unpack_sample
from recorder.media.plan import ChannelPlan, Due, Plan, StreamPlan, save
from recorder.store import initialise_disk

DAY_US = 86_400_000_000


def now_us() -> int:
    return time.time_ns() // 1000


def around_the_clock() -> tuple[Due, ...]:
    return (Due(now_us() - DAY_US, now_us() + DAY_US),)


def channel(number: int, url: str, *, user="", password="", sub_url="", record=None, transport="tcp") -> ChannelPlan:
    streams = [StreamPlan(StreamName.MAIN, url, user, password, transport)]
    if sub_url:
        streams.append(StreamPlan(StreamName.SUB, sub_url, user, password, transport))
    return ChannelPlan(number, f"Camera {number}", tuple(streams), around_the_clock() if record is None else record)


class Client:
    """A connection to a process; everything that came is kept."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self.messages: list[dict] = []
        self.samples: list[Arrived] = []
        self.epochs: dict[tuple[int, int], Epoch] = {}

    def send(self, message) -> None:
        self.send_bytes(wire.encode(message))

    def send_bytes(self, data: bytes) -> None:
        self._writer.write(data)

    async def receive(self):
        """The next message (a mapping) or sample (`Arrived`)."""
        kind, payload = await wire.read_frame(self._reader)
        if kind == wire.SAMPLE:
            arrived = unpack_sample(payload)
            self.samples.append(arrived)
            return arrived
        message = wire.decode(payload)
        self.messages.append(message)
        if message["op"] == "epoch":
            epoch = msgspec.convert(message["epoch"], type=Epoch)
            self.epochs[message["id"], epoch.number] = epoch
        return message

    async def ask(self, message, *answers: str, timeout_s: float = 60):
        """Send, and give the next message whose op is one of the answers, or `failed`."""
        self.send(message)
        return await self.until(lambda got: isinstance(got, dict) and got["op"] in {*answers, "failed"}, timeout_s)

    async def until(self, wanted, timeout_s: float = 60):
        async with asyncio.timeout(timeout_s):
            while True:
                got = await self.receive()
                if wanted(got):
                    return got

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def hung_up(self) -> bool:
        """Whether the other side closes the connection."""
        async with asyncio.timeout(60):
            try:
                while True:
                    await self.receive()
            except (asyncio.IncompleteReadError, ConnectionError):
                return True


class Recorder:
    """Processes of one data directory."""

    def __init__(self, data: Path) -> None:
        data.mkdir(mode=0o700)
        self.instance = Instance(data)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._clients: list[Client] = []

    def disk(self, name: str = "disk1", size_mb: int = 64, block_mb: int = 4) -> None:
        initialise_disk(self.instance.disks / name, size_bytes=size_mb << 20, block_bytes=block_mb << 20, name=name)

    def plan(self, *channels: ChannelPlan, revision: int = 1) -> Plan:
        """Save a plan as if control had sent it before."""
        plan = Plan(revision, now_us(), channels)
        save(plan, self.instance.state / "plan.json")
        return plan

    async def start(self, *names: str) -> None:
        for name in names:
            command = (sys.executable, "-m", f"recorder.{name}", "--data", str(self.instance.data))
            process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            assert await process.stdout.readline() == b"ready\n"
            self._processes[name] = process

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    async def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        process = self._processes.pop(name)
        process.send_signal(number)
        # Its pipe, too, must be seen to end: it may be last, and left open it complains when nobody listens any more.
        await process.communicate()
        return process.returncode

    async def connect(self, name: str) -> Client:
        client = Client(*await asyncio.open_unix_connection(str(self.instance.socket(name))))
        self._clients.append(client)
        return client

    async def stop(self) -> None:
        for name in list(self._processes):
            with contextlib.suppress(ProcessLookupError):
                await self.kill(name)
        for client in self._clients:
            await client.close()
        # Disks are reserved whole; pytest would keep those of its last runs.
        shutil.rmtree(self.instance.disks, ignore_errors=True)

    async def watch(self) -> "Watch":
        client = await self.connect("media")
        client.send({"op": "watch"})
        return Watch(client)

    async def recorded(self, channel: int, start_us: int = 0, end_us: int | None = None, **options) -> list[Arrived]:
        """All samples of recorded time, by the reader's tap."""
        client = await self.connect("reader")
        client.send(
            {"op": "subscribe", "id": 1, "channel": channel, "from_us": start_us, "until_us": end_us, **options}
        )
        client.send({"op": "credit", "id": 1, "bytes": 1 << 32})
        end = await client.until(lambda got: isinstance(got, dict) and got["op"] in {"ended", "failed"}, 20)
        assert end["op"] == "ended", end
        return client.samples

    async def ask_reader(self, message: dict) -> dict:
        client = await self.connect("reader")
        return await client.ask({"id": 1, **message}, message["op"])


class Watch:
    """Follows the status of media."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def status(self, wanted=lambda _status: True, timeout_s: float = 60) -> MediaStatus:
        def read(got) -> bool:
            return isinstance(got, dict) and got["op"] == "status" and bool(wanted(self._status(got)))

        return self._status(await self.client.until(read, timeout_s))

    async def stream(self, wanted, channel: int = 1, stream: str = "main", timeout_s: float = 60) -> StreamStatus:
        """Wait until a stream is as wanted, and give it."""

        def find(status: MediaStatus) -> StreamStatus | None:
            found = (one for one in status.streams if (one.channel, one.stream) == (channel, stream))
            return next((one for one in found if wanted(one)), None)

        found = find(await self.status(find, timeout_s))
        assert found is not None
        return found

    @staticmethod
    def _status(message: dict) -> MediaStatus:
        return msgspec.convert(message, type=MediaStatus, str_keys=True)
