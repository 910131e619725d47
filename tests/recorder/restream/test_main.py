"""The process: a fault in serving is told, and serving begins anew."""

import asyncio

from recorder.restream import __main__ as process
from recorder.sockets import running


def test_serving_that_a_fault_ends_begins_anew_and_ends_with_the_process(monkeypatch, caplog):
    served, again, ended = [], asyncio.Event(), []

    class Serving:
        def __init__(self, *_about):
            served.append(self)

        async def run(self):
            if len(served) == 1:
                raise OSError("the place is full")
            again.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(self)

    async def until_told(start, stop):
        await start()
        await again.wait()
        await stop()

    monkeypatch.setattr(process, "Serving", Serving)
    monkeypatch.setattr(process, "serve_until_told", until_told)
    monkeypatch.setattr(running, "AGAIN_S", 0)
    asyncio.run(process.run(None))
    assert "serve ended by a fault, and is begun again" in caplog.text
    assert ended == served[1:]
