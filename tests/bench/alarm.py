"""From the edge of an input through its rule to a relay that closed; and a thousand events a second for a minute.

**Edge.** The hal process serves the simulated board; control runs beside it with a rule for IN1 that switches OUT1
and writes the log. A hand moves the contact; counted from before its request is written until a client that watches
hal is told that the relay closed. Idle, and with two processes that compute for each core.

**Flood.** Control raises a thousand events a second within itself, each listed and written to the log, while a client
asks for the newest hundred again and again, and media records four cameras. No event may be missing in the list
afterwards, and no picture in what is exported of that minute.
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
from recorder.store import initialise_disk
from tests.bench.edge import _compute
from tests.bench.figure import Figure
from tests.bench.stage.cameras import simulated
from tests.bench.stage.process import end
from tests.bench.stage.recorded import missing, stamps
from tests.bench.stage.running import running

TIMES = 300
BUDGET_MS = 50.0
SLOWEST_MS = 200.0
FLOOD_S, FLOOD_RATE = 60, 1000
ANSWER_MS = 100.0
RECORDED = 4
CAMERAS = ("--main-kbps", "2000", "--loop", "10")
EDGE_US = 2_000_000
"""What is counted goes by the clock of the cameras, what is exported by when it arrived: so more is exported."""
SETTLE_S = 5.0
"""Longer than anything waits for its chunk."""


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
    """Measure the list under a flood; takes 80 s."""
    data.mkdir(mode=0o700)
    instance = Instance(data)
    initialise_disk(instance.disks / "one", size_bytes=512 << 20, block_bytes=16 << 20, name="one")
    command = [sys.executable, "-m", "tests.bench.stage.flood", str(data), str(FLOOD_S), str(FLOOD_RATE)]
    with simulated(RECORDED, *CAMERAS) as port, running("recorder.media", data), running("recorder.reader", data):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            _line(process)
            owner = ApiClient(instance.socket("control"), timeout_s=60)
            _record(owner, port)
            over, times = threading.Event(), list[float]()
            asking = threading.Thread(target=_ask, args=(owner, over, times))
            began_us = time.time_ns() // 1000
            _say(process.stdin)
            asking.start()
            raised = int(_line(process).split()[1])
            ended_us = time.time_ns() // 1000
            over.set()
            asking.join()
            listed = _count(owner)
            lost = _missing(owner, began_us, ended_us)
            _say(process.stdin)
            process.wait(30)
        finally:
            end([process])
    times.sort()
    note = f"of {len(times)} answers; median {statistics.median(times):.1f} ms, slowest {times[-1]:.0f} ms"
    return [
        Figure(f"alarm: {FLOOD_RATE} events a second for {FLOOD_S} s: missing in the list", raised - listed, "", 0, ""),
        Figure("alarm: the API meanwhile, 99 of 100", times[len(times) * 99 // 100], "ms", ANSWER_MS, note),
        Figure(f"alarm: pictures of {RECORDED} cameras not recorded meanwhile", lost, "", 0, ""),
    ]


def _record(owner: ApiClient, port: int) -> None:
    """Have all cameras recorded, for some seconds already when this returns."""
    for camera in range(1, RECORDED + 1):
        owner.add_channel(name=f"Camera {camera}", url=f"rtsp://127.0.0.1:{port}/cam{camera}/main")
    over = time.monotonic() + 60
    while owner.status().channels_recording < RECORDED:
        assert time.monotonic() < over, "cameras are not recorded"
        time.sleep(0.2)
    time.sleep(SETTLE_S)


def _missing(owner: ApiClient, began_us: int, ended_us: int) -> int:
    """Pictures of all channels that are not recorded, once what was sent has been written."""
    time.sleep(SETTLE_S)
    channels = range(1, RECORDED + 1)
    seen = (stamps(owner, one, began_us - EDGE_US, ended_us + EDGE_US) for one in channels)
    return sum(missing(found, began_us, ended_us) for found in seen)


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
