"""A whole recorder, started as its owner starts it and driven by its command line."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recorder.cli import main
from recorder.client.instance import Instance

PASSWORD = "correct horse battery"
NIGHTJAR = Path(sys.executable).with_name("nightjar")
CLIPS = Path(__file__).parents[2] / "build" / "clips"


def wait_for(look, seconds: float, every: float = 0.1):
    """Look until something true is seen, and give it; fails with the last look."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < end, f"not seen within {seconds} s; last look gave {seen!r}"
        time.sleep(every)


@dataclass(frozen=True)
class Recorder:
    """A running instance."""

    data: Path

    @property
    def instance(self) -> Instance:
        return Instance(self.data)

    def command(self, *words: str, check: bool = True) -> str:
        called = [str(NIGHTJAR), *words, "--data", str(self.data)]
        done = subprocess.run(called, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 or not check, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout if check else done.stderr

    def answer(self, *words: str) -> Any:
        """What a command prints for programs. Looked at again and again, so in this process: starting one for each
        look takes a core."""
        told = io.StringIO()
        try:
            with contextlib.redirect_stdout(told):
                main([*words, "--json", "--data", str(self.data)])
        except SystemExit as error:
            raise AssertionError(f"{words}: {error}") from error
        return json.loads(told.getvalue())

    def status(self) -> dict[str, Any]:
        return self.answer("status")

    def stream(self, channel: int, name: str = "main") -> dict[str, Any]:
        streams = self.status()["streams"]
        return next((one for one in streams if (one["channel"], one["stream"]) == (channel, name)), {"state": "off"})

    def spans(self, channel: int) -> list[dict[str, Any]]:
        return self.answer("spans", "--channel", str(channel))


@contextlib.contextmanager
def recorder(data: Path, *options: str, password: str = PASSWORD) -> Iterator[Recorder]:
    """Run one; with an empty password nobody has set one yet."""
    log = data.with_suffix(".log")
    environment = {
        **os.environ,
        "NIGHTJAR_ADMIN_PASSWORD": password,
        "NIGHTJAR_WEB_PORT": "0",
        "NIGHTJAR_PANEL_PORT": "0",
    }
    command = [str(NIGHTJAR), "run", "--headless", "--disk-gb", "1", "--data", str(data), *options]
    with log.open("w") as told, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, env=environment) as run:
        try:
            assert run.stdout is not None
            for line in run.stdout:
                if line.startswith(b"Nightjar runs"):
                    break
            else:
                pytest.fail(f"nightjar run ended: {log.read_text()[-3000:]}")
            yield Recorder(data)
        finally:
            run.terminate()
            try:
                assert run.wait(15) == 0, log.read_text()[-3000:]
            finally:
                run.kill()


@pytest.fixture
def run_recorder(tmp_path):
    """Start a recorder in a fresh data directory; more than once gives the same instance again."""

    @contextlib.contextmanager
    def start(*options: str, password: str = PASSWORD) -> Iterator[Recorder]:
        with recorder(tmp_path / "data", *options, password=password) as one:
            yield one

    yield start
    shutil.rmtree(tmp_path / "data", ignore_errors=True)  # pytest keeps folders, and a disk has its full size at once


@pytest.fixture
def camera():
    """A simulated camera of its own process; gives the address of its small stream, which is cheap to record."""
    command = [str(NIGHTJAR), "simulate", "--port", "0", "--cameras", "1", "--bench", "--cache", str(CLIPS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            word, port = process.stdout.readline().split()
            assert word == "ready"
            yield f"rtsp://127.0.0.1:{port}/cam1/sub"
        finally:
            process.terminate()
