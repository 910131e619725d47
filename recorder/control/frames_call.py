"""Asking another process over its unix socket: one question, one answer, a limit on the wait."""

import asyncio
from typing import Any

from recorder.client import wire
from recorder.client.errors import NightjarError, Unavailable
from recorder.client.instance import Instance

TIMEOUT_S = 10.0


class Told(NightjarError):
    """Another process refused, with words of its own."""

    status = 409
    words = "{words}"

    @property
    def code(self) -> str:
        """The name of the error at the other process."""
        return str(self.details.get("code") or "Told")


async def connect(instance: Instance, process: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a process; raises `Unavailable`."""
    try:
        return await asyncio.open_unix_connection(str(instance.socket(process)))
    except OSError as error:
        raise Unavailable(process=process) from error


async def next_message(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Wait for the next message; other frames are skipped."""
    while True:
        kind, payload = await wire.read_frame(reader)
        if kind == wire.MESSAGE:
            return wire.decode(payload)


async def ask(
    instance: Instance, process: str, question: Any, answer: str, timeout_s: float = TIMEOUT_S
) -> dict[str, Any]:
    """Send a question and wait for the message whose `op` is `answer`; raises `Unavailable` and `Told`."""
    reader, writer = await connect(instance, process)
    try:
        async with asyncio.timeout(timeout_s):
            writer.write(wire.encode(question))
            await writer.drain()
            while True:
                message = await next_message(reader)
                if message["op"] == answer:
                    return message
                if message["op"] == "failed":
                    raise told(message)
    except (OSError, asyncio.IncompleteReadError, TimeoutError, wire.BadFrame) as error:
        raise Unavailable(process=process) from error
    finally:
        writer.close()


def told(message: dict[str, Any]) -> Told:
    """Make an error of a `failed` message."""
    return Told(code=str(message.get("code", "")), words=str(message.get("words", "")))
