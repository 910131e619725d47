"""Mutations guided by coverage: inputs that reach new lines of ours are kept and mutated further."""

import contextlib
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType

ROOT = Path(__file__).parents[2]
WATCHED = (str(ROOT / "recorder"), str(ROOT / "gui"), str(ROOT / "hal"))
SLOW_S = 2.0
MOST_MEMORY = 2 << 30
LONGEST_INPUT = 1 << 20
TELLING = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\x00\x00", b"\xff\xff", b"\x7f\xff", b"\x80\x00", b"\x00\x00\x00\x01")
TELLING += (
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\r\n",
    b"\r\n\r\n",
    b"-1",
    b"4294967296",
    b'"',
    b"=",
    b":",
    b" ",
)


class Slow(BaseException):
    """One input took too long."""


@dataclass
class Finding:
    """An input that broke its target, and how."""

    data: bytes
    words: str


@dataclass
class Campaign:
    """One target under fire."""

    name: str
    module: ModuleType
    random: random.Random
    runs: int = 0
    corpus: list[bytes] = field(default_factory=list)
    lines: set[tuple[str, int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        # What a target needs is made beforehand: it is no input that could take too long.
        getattr(self.module, "prepare", lambda: None)()
        self.corpus = [bytes(one) for one in self.module.SEEDS]
        kept = Path(__file__).parent / "corpus" / self.name
        self.corpus += [path.read_bytes() for path in sorted(kept.glob("*"))]

    def seeds(self) -> Finding | None:
        """Run every seed as it is."""
        return next(filter(None, map(self.run, list(self.corpus))), None)

    def fire(self, until: float, most_runs: int = sys.maxsize) -> Finding | None:
        """Mutate and run until the time (monotonic s) or the number of runs is reached, or something breaks."""
        while time.monotonic() < until and self.runs < most_runs:
            data = mutated(self.random, self.corpus)
            before = len(self.lines)
            if finding := self.run(data):
                return finding
            if len(self.lines) > before:
                self.corpus.append(data)
        return None

    def run(self, data: bytes) -> Finding | None:
        """Run one input."""
        self.runs += 1
        try:
            with limited(self.module), watched(self.lines):
                self.module.target(data)
        except self.module.DECLARED:
            return None
        except (Exception, Slow):  # noqa: BLE001 - everything else is what we look for
            return Finding(data, traceback.format_exc())
        return None


@contextlib.contextmanager
def limited(module: ModuleType) -> Iterator[None]:
    """Raise `Slow` where what is inside takes too long, and let it not take all memory.

    A target of more than a parser says by `SLOW_S` and `MOST_MEMORY` of its own what it may take.
    """
    slow_s, most_memory = getattr(module, "SLOW_S", SLOW_S), getattr(module, "MOST_MEMORY", MOST_MEMORY)

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Slow(f"longer than {slow_s} s")

    before = signal.signal(signal.SIGALRM, ring)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, hard))
    signal.setitimer(signal.ITIMER_REAL, slow_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def watched(lines: set[tuple[str, int, int]]) -> Iterator[None]:
    """Note which steps from line to line of ours are taken."""

    def enter(frame: FrameType, _event: str, _argument: object) -> Callable | None:
        name = frame.f_code.co_filename
        if not name.startswith(WATCHED):
            return None
        last = frame.f_lineno

        def step(inner: FrameType, event: str, _argument: object) -> Callable:
            nonlocal last
            if event == "line":
                lines.add((name, last, inner.f_lineno))
                last = inner.f_lineno
            return step

        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)


def mutated(dice: random.Random, corpus: list[bytes]) -> bytes:
    """Give a damaged version of one input, or a cross of two."""
    # New finds are at the end: they get half of the attention.
    data = bytearray(dice.choice(corpus[-8:] if dice.random() < 0.5 else corpus))
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        at = dice.randrange(len(data) + 1)
        size = min(len(data) - at, dice.choice((1, 2, 4, 8, 64)))
        match dice.randrange(8):
            case 0 if data:
                data[at % len(data)] ^= 1 << dice.randrange(8)
            case 1 if data:
                data[at % len(data)] = dice.randrange(256)
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = data[at : at + size] * dice.choice((1, 2, 16))
            case 4:
                data[at : at + dice.choice((0, size))] = dice.choice(TELLING)
            case 5:
                other = dice.choice(corpus)
                begin = dice.randrange(len(other) + 1)
                data[at : at + dice.choice((0, size))] = other[begin : begin + dice.choice((4, 16, 256))]
            case 6:
                # Lengths and counts are where parsers break: numbers nearby, of 1, 2 and 4 bytes.
                width = dice.choice((1, 2, 4))
                value = int.from_bytes(data[at : at + width]) + dice.choice((-2, -1, 1, 2, 255))
                data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, dice.choice(("big", "little")))
            case _:
                del data[at:]
    return bytes(data[:LONGEST_INPUT])
