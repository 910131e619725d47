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
OFF = {"state": "off", "recording": False}
"""A stream that media knows nothing of yet."""
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
    told: str = ""
    """What it printed for its owner until it ran."""

    @property
    def instance(self) -> Instance:
        return Instance(self.data)

    def command(self, *words: str, check: bool = True) -> str:
        """What a command prints; of one that is refused, with `check` off, what it complains.

        In this process: starting a program for each takes as long as the recorder needs to do what it says.
        """
        told, complained = io.StringIO(), io.StringIO()
        ended: str | int | None = None
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(complained):
            try:
                main([*words, "--data", str(self.data)])
            except SystemExit as error:
                ended = error.code
        complaint = complained.getvalue() + (ended if isinstance(ended, str) else "")
        assert not ended or not check, f"{words}: {told.getvalue()}{complaint}"
        return told.getvalue() if check else complaint

    def answer(self, *words: str) -> Any:
        """What a command prints for programs."""
        return json.loads(self.command(*words, "--json"))

    def status(self) -> dict[str, Any]:
        return self.answer("status")

    def stream(self, channel: int, name: str = "main") -> dict[str, Any]:
        streams = self.status()["streams"]
        return next((one for one in streams if (one["channel"], one["stream"]) == (channel, name)), OFF)

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
        "NIGHTJAR_RTSP_PORT": "0",
        # Rendering the whole minute of two scenes would cost more than the rest of a test, on every fresh machine.
        "NIGHTJAR_SIMULATE_LOOP_S": "4",
    }
    command = [str(NIGHTJAR), "run", "--headless", "--disk-gb", "1", "--data", str(data), *options]
    with log.open("w") as told, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, env=environment) as run:
        try:
            assert run.stdout is not None
            lines = ""
            for line in run.stdout:
                lines += line.decode()
                if line.startswith(b"Nightjar runs"):
                    break
            else:
                pytest.fail(f"nightjar run ended: {log.read_text()[-3000:]}")
            yield Recorder(data, lines)
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


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def shared(camera, tmp_path_factory):
    """One recorder that records `camera` as channel 1, for tests of a file that each leave it recording."""
    data = tmp_path_factory.mktemp("shared") / "data"
    with recorder(data) as one:
        one.command("channel", "add", "--name", "Gate", "--url", camera)
        yield one
    shutil.rmtree(data, ignore_errors=True)
