"""`python -m tests.bench.stage.flood DATA SECONDS RATE`: control with its API, and so many events a second from within.

Prints `ready` when the API answers, `done N` when all N events were raised, and ends when its input is closed.
"""

import asyncio
import sys
from pathlib import Path

from recorder.accounts.caller import Door
from recorder.api.app import create_app
from recorder.api.serving import Serving, listen
from recorder.client.instance import Instance
from recorder.control.control import Control
from recorder.events.sources.input_alarm import InputAlarm

STEP_S = 0.01
INPUTS = 64


async def flood(control: Control, seconds: int, rate: int) -> int:
    """Raise and end events in steps of 10 ms; what a step was late for comes in the next."""
    loop = asyncio.get_running_loop()
    began, raised = loop.time(), 0
    while raised < seconds * rate:
        due = min(int((loop.time() - began) * rate), seconds * rate)
        for number in range(raised, due):
            control.desk.engine.happened(InputAlarm, f"IN{number % INPUTS}", f"{number}", words=f"Event {number}.")
        raised = due
        await asyncio.sleep(STEP_S)
    return raised


async def main(data: Path, seconds: int, rate: int) -> None:
    """Serve, flood, and wait to be told that it is enough."""
    instance = Instance(data)
    control = Control(instance)
    serving = Serving(create_app(control))
    await control.start()
    await serving.start(*listen({door: instance.socket(door.value) for door in Door}))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(f"done {await flood(control, seconds, rate)}", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    control.events.end()
    await serving.stop()
    await control.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
