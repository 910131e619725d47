"""The decode process: ready, sandboxed, gone when asked; and a client that outlives it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance
from recorder.client.stream import StreamKey, StreamName
from tests.recorder.decode.conftest import eventually
from tests.recorder.decode.film import film, number_of
from tests.recorder.decode.taps import FakeTap

KEY = StreamKey(1, StreamName.SUB)


def begin(data: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-m", "recorder.decode", "--data", str(data)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def media(tmp_path):
    tap = FakeTap(Instance(tmp_path).socket("media"))
    made = film()
    tap.push(KEY, made.epoch, made.samples(count=1))
    yield tap
    tap.close()


def shown(client: DecodeClient) -> int | None:
    import numpy as np

    surface = client.surface(1)
    if surface is None:
        return None
    memory = bytearray(surface.picture_bytes)
    if surface.copy(memory) is None:
        return None
    return number_of(np.frombuffer(memory, np.uint8).reshape(surface.height, surface.width, 4))


def test_a_killed_decode_comes_back_with_the_same_views_and_the_screen_keeps_its_picture(tmp_path, media):
    process = begin(tmp_path)
    client = DecodeClient(Instance(tmp_path).socket("decode"))
    client.start()
    client.view(1, 1, StreamName.SUB, 160, 120)
    try:
        eventually(lambda: shown(client) == 0)
        old = client.surface(1)
        process.kill()
        process.wait()
        eventually(lambda: not client.connected)
        assert shown(client) == 0
        process.stdout.close()
        process = begin(tmp_path)
        eventually(lambda: client.surface(1) is not old and shown(client) == 0)
    finally:
        client.close()
        process.kill()
        process.wait()
        process.stdout.close()


def test_it_gives_up_privileges_and_ends_on_sigterm(tmp_path, media):
    process = begin(tmp_path)
    try:
        status = Path(f"/proc/{process.pid}/status").read_text() if Path(f"/proc/{process.pid}/status").exists() else ""
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert "NoNewPrivs:\t1" in status
        assert any(line.startswith("Max core file size") and line.split()[4] == "0" for line in limits.splitlines())
        assert any(line.startswith("Max data size") and "unlimited" not in line for line in limits.splitlines())
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_no_process_of_its_user_looks_into_its_memory():
    # prctl(2): 3 is PR_GET_DUMPABLE; a process that is not dumpable is traced by root alone.
    enter = "import ctypes; from recorder.decode import sandbox; sandbox.enter()"
    look = f"{enter}; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "0\n"
