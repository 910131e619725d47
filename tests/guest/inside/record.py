"""Record from cameras that need no network to every disk below an instance, as media does, until told to end.

`python3 -m tests.guest.inside.record DATA --mains 4`. Tells its state once a second, and at the end what was sent, what
plays, and which hole nobody explained. `--account STARTED_US COUNT` only does the last, for a run that was killed.
"""

import argparse
import json
import signal
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from recorder.client.clock import SECOND_US, SystemClock
from recorder.client.instance import Instance
from recorder.media.disks import Disks
from recorder.store import StorePolicy, StoreReader, StoreWriter, read_boot_id
from tests.guest.inside.film import PERIOD_US, Script, cast, name
from tests.recorder.store.rig import ALWAYS, epoch, played, simple, unflagged

SLACK_US = SECOND_US
"""A gap begins and ends at samples, so what is missing lies within it or next to it."""


@dataclass
class Account:
    """What became of what was sent, all streams together."""

    started_us: int
    sent: int = 0
    found: int = 0
    explained: int = 0
    """Missing, in a gap row with a reason."""
    unexplained: list[str] = field(default_factory=list)
    invented: int = 0
    """Plays, and was never sent."""
    reasons: list[str] = field(default_factory=list)


def account(instance: Instance, scripts: list[Script], count: int) -> Account:
    """Compare what plays with what was sent."""
    reader = StoreReader(instance.disks, instance.index, SystemClock())
    told = Account(scripts[0].started_us)
    reasons: set[str] = set()
    for script in scripts:
        sent = dict(enumerate(unflagged(simple(map(script.sample, range(count))))))
        found = set(unflagged(played(reader, script.key)))
        gaps = reader.gaps(script.key, 0, ALWAYS)
        told.sent += count
        told.invented += len(found - set(sent.values()))
        for number, one in sent.items():
            if one in found:
                told.found += 1
                continue
            at_us = script.started_us + number * PERIOD_US
            why = [gap.reason for gap in gaps if gap.start_us - SLACK_US <= at_us <= gap.end_us + SLACK_US]
            reasons.update(why)
            if why:
                told.explained += 1
            else:
                told.unexplained.append(f"{name(script.key)} {number}")
    reader.close()
    told.reasons = sorted(reasons)
    told.unexplained = told.unexplained[:100]
    return told


class Run:
    """One run of the recorder."""

    def __init__(self, instance: Instance, asked: argparse.Namespace) -> None:
        self._clock = SystemClock()
        self._disks = Disks(instance, self._clock)
        self._instance, self._asked = instance, asked
        self._durable: dict[str, int] = {}
        policy = StorePolicy(buffer_bytes=asked.buffer_mb << 20)
        self._store = StoreWriter(
            self._disks.new(), instance.index, self._clock, read_boot_id(), policy, on_durable=self._safe
        )
        self._started_us = 0
        self._end = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: self._end.set())

    def _safe(self, key, until_us: int) -> None:
        self._durable[name(key)] = until_us

    def film(self) -> None:
        """Film until told to end."""
        self._store.start()
        started_us = self._started_us = self._clock.now_us()
        asked = self._asked
        scripts = [Script(key, started_us, asked.sample) for key in cast(asked.mains, asked.subs)]
        print(f"STARTED {started_us}", flush=True)
        shape, count = epoch(), 0
        while not self._end.is_set():
            for one in scripts:
                self._store.open_stream(one.key).put(one.sample(count), shape)
            count += 1
            if count % 5 == 0:
                for disk in self._disks.new():
                    self._store.add_disk(disk)
                self._store.watch()
                self._tell(count)
            self._end.wait(max(0, started_us + count * PERIOD_US - self._clock.now_us()) / SECOND_US)
        self._store.close(timeout_s=60)
        print("ACCOUNT " + json.dumps(asdict(account(self._instance, scripts, count))), flush=True)

    def _tell(self, count: int) -> None:
        now = self._clock.now_us()
        disks = self._store.status()
        oldest = [one.oldest_us for one in disks if one.oldest_us is not None]
        state = {
            "disks": {one.name: [one.state, one.reason] for one in disks},
            "buffered": self._store.buffered_bytes(),
            "exposed_s": round((now - min(self._durable.values(), default=now)) / SECOND_US, 1),
            "count": count,
            "oldest_s": round((min(oldest, default=self._started_us) - self._started_us) / SECOND_US, 1),
        }
        # In one write: what is logged meanwhile goes to the same place.
        print(f"STATE {json.dumps(state)}\n", end="", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--mains", type=int, default=4)
    parser.add_argument("--subs", type=int, default=0)
    parser.add_argument("--sample", type=int, default=4000)
    parser.add_argument("--buffer-mb", type=int, default=64)
    parser.add_argument("--account", type=int, nargs=2, default=None, metavar=("STARTED_US", "COUNT"))
    asked = parser.parse_args()
    instance = Instance(asked.data)
    if asked.account:
        started_us, count = asked.account
        scripts = [Script(key, started_us, asked.sample) for key in cast(asked.mains, asked.subs)]
        print("ACCOUNT " + json.dumps(asdict(account(instance, scripts, count))), flush=True)
        return
    began = time.monotonic()
    Run(instance, asked).film()
    print(f"closed after {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
