"""Film with cameras that need no network into the real store, and promise on the drive what is durable.

`python3 -m tests.guest.inside.film --help`. Each sample can be told from all others and follows from its number, so
that the host knows what was sent without being told.
"""

import argparse
import contextlib
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from recorder.client.clock import SECOND_US, ManualClock, SystemClock
from recorder.client.stream import Sample, SampleFlag, StreamKey, StreamName
from recorder.store import Disk, StoreReader, StoreWriter, ids, initialise_disk
from tests.guest.inside.promise import Promise, Promises
from tests.recorder.store.rig import BOOT, content, epoch

PER_S = 5
GOP = 5
PERIOD_US = SECOND_US // PER_S
RECORDER = f"{2026:016x}"
SETS = (bytes.fromhex("6764001facd9405005bb011000000300100000030300f1831960"), bytes.fromhex("68ebe3cb22c0"))
"""Parameter sets of a real H.264 stream: an export writes them into its file."""


@dataclass(frozen=True)
class Script:
    """What one camera sends, as a function of the sample's number."""

    key: StreamKey
    started_us: int
    size: int = 2000

    def sample(self, number: int) -> Sample:
        """Give a sample; key frames are three times as large."""
        first = number % GOP == 0
        data = content(self.key, 0, number, self.size * 3 if first else self.size)
        at_us = number * PERIOD_US
        return Sample(0, at_us, self.started_us + at_us, SampleFlag.KEY if first else SampleFlag.NONE, data)

    def numbers(self, from_us: int, until_us: int) -> range:
        """Give the numbers of all samples of a time, both ends included."""
        return range(
            max(-(-(from_us - self.started_us) // PERIOD_US), 0), (until_us - self.started_us) // PERIOD_US + 1
        )


def name(key: StreamKey) -> str:
    """Name a stream as promises do."""
    return f"{key.channel}/{key.stream}"


def cast(mains: int, subs: int) -> list[StreamKey]:
    """Give the streams of so many cameras."""
    return [StreamKey(n + 1) for n in range(mains)] + [StreamKey(n + 1, StreamName.SUB) for n in range(subs)]


def be_somebody(state: Path, boot: int) -> None:
    """Give a state directory the number of the recorder that films here: another's disk would not be written to."""
    state.mkdir(parents=True, exist_ok=True)
    (state / ids.FILE).write_text(json.dumps({"recorder": RECORDER, "boot": boot}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("disk", type=Path)
    parser.add_argument("--size-mb", type=int, default=0, help="make the disk first")
    parser.add_argument("--block-kb", type=int, default=256)
    parser.add_argument("--mains", type=int, default=0)
    parser.add_argument("--subs", type=int, default=0)
    parser.add_argument("--sample", type=int, default=2000, help="bytes of a picture that is no key frame")
    parser.add_argument("--seconds", type=int, default=0, help="film for so long, by the cameras' clock")
    parser.add_argument("--promises", default="", help="the drive that promises are written to")
    parser.add_argument("--real-time", action="store_true", help="with the system's clock and the writer's own thread")
    parser.add_argument("--never-sync", action="store_true", help="as a writer that forgot its syncs")
    parser.add_argument("--state", type=Path, default=Path("/tmp/state"))
    asked = parser.parse_args()
    if asked.size_mb:
        size, block = asked.size_mb << 20, asked.block_kb << 10
        initialise_disk(asked.disk, size_bytes=size, block_bytes=block, name=asked.disk.name)
    if asked.never_sync:
        os.fdatasync = lambda _file: None
    if asked.seconds:
        film(asked)
    print("done", flush=True)


def film(asked: argparse.Namespace) -> None:
    clock = SystemClock() if asked.real_time else ManualClock()
    durable: dict[str, int] = {}
    be_somebody(asked.state, boot=1)
    store = StoreWriter(
        [Disk(asked.disk, clock)],
        asked.state / "index.sqlite",
        clock,
        BOOT,
        on_durable=lambda key, until_us: durable.__setitem__(name(key), until_us),
        threads=asked.real_time,
    )
    reader = StoreReader(asked.disk.parent, asked.state / "index.sqlite", clock)
    promises = Promises(asked.promises) if asked.promises else None
    # Started between two pictures: the first one is on time, however long the store took to start.
    store.start()
    started_us = clock.now_us()
    cameras = [Script(key, started_us, asked.sample) for key in cast(asked.mains, asked.subs)]
    shape = epoch()
    shape = replace(shape, tracks=(replace(shape.tracks[0], parameter_sets=SETS),))
    told: dict[str, int] = {}
    print(f"filming {len(cameras)}", flush=True)
    for number in range(asked.seconds * PER_S):
        for one in cameras:
            store.open_stream(one.key).put(one.sample(number), shape)
        if isinstance(clock, ManualClock):
            clock.advance(PERIOD_US / SECOND_US)
            store.step()
        else:
            time.sleep(max(0, started_us + (number + 1) * PERIOD_US - clock.now_us()) / SECOND_US)
        now = dict(durable)
        if now != told and promises is not None:
            told = now
            oldest = {name(one.key): at for one in cameras if (at := reader.oldest(one.key)) is not None}
            # By the cameras' clock: a machine that is too slow to film in time exposes nothing by that.
            sent_us = started_us + (number + 1) * PERIOD_US
            promises.write(Promise(sent_us, started_us, now, oldest))
        if number % (10 * PER_S) == 0:
            print(f"at {number // PER_S} s, {len(told)} streams are durable", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
    # What is on the disk now is the test; nothing is closed in good order.
    sys.stdout.flush()
    os._exit(0)
