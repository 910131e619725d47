"""From the edge of an input through its rule to a relay that closed; and a thousand events a second for a minute.

**Edge.** The hal process serves the simulated board; control runs beside it with a rule for IN1 that switches OUT1
and writes the log. A hand moves the contact; counted from before its request is written until a client that watches
hal is told that the relay closed. Idle, and with two processes that compute for each core.

**Flood.** Control raises a thousand events a second within itself, each listed and written to the log, while a client
asks for the newest hundred again and again. None may be missing in the list afterwards.
"""

import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from hal.client import HalClient
from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from tests.bench.edge import _compute
from tests.bench.figure import Figure
from tests.bench.stage.process import end

TIMES = 300
BUDGET_MS = 50.0
SLOWEST_MS = 200.0
FLOOD_S, FLOOD_RATE = 60, 1000
ANSWER_MS = 100.0


def _line(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def _told(watcher: HalClient, *, closed: bool) -> None:
    while True:
        told = watcher.next()
        if (told.kind, told.name) == ("relay", "OUT1") and getattr(told, "closed", None) is closed:
            return


def _edges(socket: Path) -> list[float]:
    chance, times = random.Random(1), list[float]()
    with HalClient(socket) as hand, HalClient(socket) as watcher:
        watcher.watch()
        for _number in range(TIMES):
            time.sleep(chance.uniform(0.005, 0.03))
            began = time.perf_counter()
            hand.simulate("alarm_input", "IN1", "move", active=True)
            _told(watcher, closed=True)
            times.append((time.perf_counter() - began) * 1000)
            hand.simulate("alarm_input", "IN1", "move", active=False)
            _told(watcher, closed=False)
    return sorted(times)


def _figures(what: str, times: list[float]) -> list[Figure]:
    note = f"median {statistics.median(times):.1f} ms of {TIMES}"
    most = Figure(f"alarm: edge, rule, relay, 95 of 100, {what}", times[TIMES * 95 // 100], "ms", BUDGET_MS, note)
    return [most, Figure(f"alarm: the slowest, {what}", times[-1], "ms", SLOWEST_MS, "")]


def edge(data: Path) -> list[Figure]:
    """Measure the way of an alarm; takes 30 s."""
    instance = Instance(data)
    hal = [sys.executable, "-m", "hal", "--socket", str(instance.socket("hal")), "--board", "simulated"]
    processes = [subprocess.Popen(hal, stdout=subprocess.PIPE)]
    busy = [multiprocessing.Process(target=_compute, daemon=True) for _n in range(2 * len(os.sched_getaffinity(0)))]
    try:
        _line(processes[0])
        processes.append(subprocess.Popen([sys.executable, "-m", "recorder.control", "--data", str(data)]))
        owner = ApiClient(instance.socket("control"), timeout_s=60)
        _until_answers(owner)
        rule = {"anti_dither_s": 0, "relay": True, "relay_outputs": "OUT1", "relay_post_s": 0}
        owner.set_page("input-alarm", rule, item="IN1")
        idle = _edges(instance.socket("hal"))
        for one in busy:
            one.start()
        loaded = _edges(instance.socket("hal"))
    finally:
        for one in busy:
            if one.pid is not None:
                one.kill()
                one.join()
        end(processes)
    return [*_figures("idle", idle), *_figures("every core twice busy", loaded)]


def _until_answers(owner: ApiClient) -> None:
    over = time.monotonic() + 60
    while True:
        try:
            owner.inputs()
        except Exception:
            if time.monotonic() > over:
                raise
            time.sleep(0.2)
        else:
            return


def flood(data: Path) -> list[Figure]:
    """Measure the list under a flood; takes 70 s."""
    command = [sys.executable, "-m", "tests.bench.stage.flood", str(data), str(FLOOD_S), str(FLOOD_RATE)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        _line(process)
        owner = ApiClient(Instance(data).socket("control"), timeout_s=60)
        over, times = threading.Event(), list[float]()
        asking = threading.Thread(target=_ask, args=(owner, over, times))
        _say(process.stdin)
        asking.start()
        raised = int(_line(process).split()[1])
        over.set()
        asking.join()
        listed = _count(owner)
        _say(process.stdin)
        process.wait(30)
    finally:
        end([process])
    times.sort()
    note = f"of {len(times)} answers; median {statistics.median(times):.1f} ms, slowest {times[-1]:.0f} ms"
    return [
        Figure(f"alarm: {FLOOD_RATE} events a second for {FLOOD_S} s: missing in the list", raised - listed, "", 0, ""),
        Figure("alarm: the API meanwhile, 99 of 100", times[len(times) * 99 // 100], "ms", ANSWER_MS, note),
    ]


def _say(to: "IO[bytes] | None") -> None:
    assert to is not None
    to.write(b"\n")
    to.flush()


def _ask(owner: ApiClient, over: threading.Event, times: list[float]) -> None:
    while not over.wait(0.05):
        began = time.perf_counter()
        owner.happened()
        times.append((time.perf_counter() - began) * 1000)


def _count(owner: ApiClient) -> int:
    found, before = 0, None
    while True:
        page = owner.happened(sources=["input-alarm"], before=before, limit=1000)
        found, before = found + len(page.events), page.before
        if before is None:
            return found


def run() -> list[Figure]:
    """Measure both; takes two minutes."""
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        return [*edge(Path(name) / "edge"), *flood(Path(name) / "flood")]
