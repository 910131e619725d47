"""A live stream as media gives it: epochs and samples, until one of both sides ends it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec

from recorder.client import wire
from recorder.client.errors import Unavailable
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, Sample, StreamName
from recorder.client.tap import Subscribe, unpack_sample
from recorder.control.frames_call import connect, told


async def live(
    instance: Instance, channel: int, stream: StreamName, grant: str, *, audio: bool
) -> AsyncGenerator[Epoch | Sample]:
    """Give a stream from its newest key frame on; raises `Unavailable`, and `Told` where media refuses."""
    reader, writer = await connect(instance, "media")
    try:
        writer.write(wire.encode(Subscribe(1, channel, stream, grant=grant, audio=audio)))
        while True:
            kind, payload = await wire.read_frame(reader)
            if kind == wire.SAMPLE:
                yield unpack_sample(payload).sample
                continue
            message = wire.decode(payload)
            match message["op"]:
                case "epoch":
                    yield msgspec.convert(message.get("epoch"), Epoch)
                case "failed":
                    raise told(message)
                case "ended":
                    return
                case _:
                    pass
    except (OSError, asyncio.IncompleteReadError, wire.BadFrame, msgspec.ValidationError) as error:
        raise Unavailable(process="media") from error
    finally:
        writer.close()


async def first_epoch(
    instance: Instance, channel: int, stream: StreamName, grant: str, patience_s: float
) -> Epoch | None:
    """Give the codec parameters of a stream; None where it gives nothing in time. Raises as `live`."""
    try:
        async with asyncio.timeout(patience_s), aclosing(live(instance, channel, stream, grant, audio=False)) as parts:
            async for part in parts:
                if isinstance(part, Epoch):
                    return part
    except TimeoutError:
        pass
    return None
