"""What is being done for one request: how far it is, whether it is to end, and the programs that it runs."""

import subprocess
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event

from hal.errors import HalError

LOOK_S = 0.1
MOST_OUTPUT = 1 << 20
"""Bytes taken of what a program says."""


class Cancelled(HalError):
    """It was asked to end, or its client went away."""


class ProgramFailed(HalError):
    """A program did not do what it should; the text has its words."""


class Job:
    """One request under way, in a thread of its own."""

    def __init__(self, tell: Callable[[float, str], None] | None = None) -> None:
        self.cancelled = Event()
        self._tell = tell

    def tell(self, percent: float, words: str) -> None:
        """Say how far it is; raises `Cancelled`."""
        self.go_on()
        if self._tell is not None:
            self._tell(percent, words)

    def go_on(self) -> None:
        """Raise `Cancelled` where it is to end."""
        if self.cancelled.is_set():
            raise Cancelled("It was given up")


JOB: ContextVar[Job | None] = ContextVar("job", default=None)


def job() -> Job:
    """The job of this thread."""
    return JOB.get() or Job()


@dataclass(frozen=True)
class Done:
    """What a program said, and how it ended."""

    status: int
    output: bytes
    complaint: str


Run = Callable[[Sequence[str], bytes, float], Done]


def run(argv: Sequence[str], given: bytes = b"", patience_s: float = 60.0) -> Done:
    """Run a program, never a shell; ends it when the job is cancelled. Raises `ProgramFailed`, `Cancelled`."""
    here = job()
    here.go_on()
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    pipe = subprocess.PIPE
    try:
        started = subprocess.Popen(list(argv), stdin=pipe, stdout=pipe, stderr=pipe, env=clean)
    except OSError as error:
        raise ProgramFailed(f"{argv[0]} could not be started: {error.strerror}") from None
    end = time.monotonic() + patience_s
    with started:
        rest: bytes | None = given
        while True:
            try:
                output, complaint = started.communicate(rest, LOOK_S)
                break
            except subprocess.TimeoutExpired:
                rest = None  # it goes on with what it was given at first
                if here.cancelled.is_set() or time.monotonic() > end:
                    started.kill()
                    started.communicate()
                    here.go_on()
                    raise ProgramFailed(f"{argv[0]} did not end within {patience_s:.0f} s") from None
    return Done(started.returncode, output[:MOST_OUTPUT], complaint[:MOST_OUTPUT].decode(errors="replace").strip())


def must(run: Run, argv: Sequence[str], given: bytes = b"", patience_s: float = 60.0) -> bytes:
    """Run a program that must succeed, and give what it said; raises `ProgramFailed` with its words."""
    done = run(argv, given, patience_s)
    if done.status:
        words = done.complaint or done.output.decode(errors="replace").strip() or f"status {done.status}"
        raise ProgramFailed(f"{argv[0]}: {words.splitlines()[-1]}")
    return done.output
