"""From the edge of an input to the event at a client and back to a relay that closed, idle and with every core busy.

The hal process serves the simulated board. A hand moves a contact; a client that watches is told, asks the relay to
close, and is answered when the driver has switched it. Counted from before the hand's request is written until that
answer is read: the way of the hand's request is in it, which a real contact does not have, the contact's own 5 to 15 ms
are not. Load: two processes that compute for each core, as pictures being decoded would.
"""

import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hal.client import HalClient
from tests.bench.figure import Figure
from tests.bench.stage.process import end

TIMES = 400
BUDGET_MS = 20.0


def _compute() -> None:
    while True:
        sum(number * number for number in range(10_000))


def _once(hand: HalClient, watcher: HalClient, client: HalClient, *, active: bool) -> float:
    """Give the ms of one way there and back."""
    began = time.perf_counter()
    hand.simulate("alarm_input", "IN1", "move", active=active)
    while True:
        told = watcher.next()
        if (told.kind, told.name) == ("alarm_input", "IN1"):
            break
    client.call("relay", "OUT1", "switch", closed=active)
    return (time.perf_counter() - began) * 1000


def _measured(socket: Path) -> list[float]:
    chance, times = random.Random(1), list[float]()
    with HalClient(socket) as hand, HalClient(socket) as watcher, HalClient(socket) as client:
        watcher.watch()
        for number in range(TIMES):
            time.sleep(chance.uniform(0.005, 0.03))
            times.append(_once(hand, watcher, client, active=number % 2 == 0))
    return sorted(times)


def _figures(what: str, times: list[float]) -> Figure:
    note = f"median {statistics.median(times):.1f} ms, the slowest of {TIMES} {times[-1]:.1f} ms"
    return Figure(f"edge: input, client, relay, 95 of 100, {what}", times[TIMES * 95 // 100], "ms", BUDGET_MS, note)


def run() -> list[Figure]:
    """Measure; takes 20 s."""
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        socket = Path(name) / "hal.sock"
        argv = [sys.executable, "-m", "hal", "--socket", str(socket), "--board", "simulated"]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        busy = [multiprocessing.Process(target=_compute, daemon=True) for _n in range(2 * len(os.sched_getaffinity(0)))]
        try:
            idle = _measured(socket)
            for one in busy:
                one.start()
            loaded = _measured(socket)
        finally:
            for one in busy:
                if one.pid is not None:
                    one.kill()
                    one.join()
            end([process])
    return [_figures("idle", idle), _figures("every core twice busy", loaded)]
