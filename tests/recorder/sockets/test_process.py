"""How a process of the recorder starts and ends."""

import subprocess
import sys

CONTROL_IN_SHORT = """
import recorder.control.__main__
import asyncio, gc, os, signal
from recorder.sockets.process import serve_until_told

collects = [gc.isenabled()]
passes = sum(one["collections"] for one in gc.get_stats())

async def start():
    collects.append(gc.isenabled())
    asyncio.get_running_loop().call_later(0, os.kill, os.getpid(), signal.SIGTERM)

async def stop():
    collects.append(gc.isenabled())

asyncio.run(serve_until_told(start, stop))
print(*collects, passes)
"""


def test_control_looks_for_no_garbage_before_it_is_ready_and_does_from_then_on():
    command = [sys.executable, "-c", CONTROL_IN_SHORT]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    assert told[0] == "ready"
    *collects, passes = told[1].split()
    assert collects == ["False", "False", "True"]
    # Some before the first of our lines; a start that collects has hundreds.
    assert int(passes) < 20
