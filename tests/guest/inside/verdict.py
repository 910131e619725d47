"""Start the store on what a power cut left, play everything, and compare it with what was promised.

On the host for files that were copied out of an image; in the guest, by `python3 -m tests.guest.inside.verdict PLACE
CASE`, for a file system that only a kernel can recover. `PLACE` holds the disk `one`; `CASE` is a file with a `Case`.
"""

import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.stream import StreamKey
from recorder.store import Disk, StoreReader, StoreWriter
from recorder.store.check import check
from tests.guest.inside import film
from tests.guest.inside.promise import Promise
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, played, simple, unflagged

EXPOSED_US = 5 * SECOND_US
"""S2."""
SENT_LATER_US = 60 * SECOND_US
"""A machine that was killed had sent more than its last promise speaks of."""


@dataclass(frozen=True)
class Case:
    """What is to be compared: the cast, and the promises before and after the cut."""

    mains: int
    subs: int
    sample: int
    before: Promise | None
    """The last one that was made before the cut."""
    after: Promise | None
    """The first one later: what it no longer lists may already have been written over when the power failed."""
    last: Promise
    """The last of the film."""

    def pack(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def parse(cls, data: bytes) -> "Case":
        fields = json.loads(data)
        for name in ("before", "after", "last"):
            fields[name] = fields[name] and Promise(**fields[name])
        return cls(**fields)


@dataclass
class Verdict:
    """How it went. `faults` is empty when every promise was kept."""

    promised: int = 0
    """Samples that must play."""
    found: int = 0
    """Samples that play."""
    listed: int = 0
    """Chunks of open blocks that their lists named."""
    recovery_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def judge(disks: Path, state: Path, case: Case) -> Verdict:
    """Recover the disk `one` below `disks` and judge it; the store is started with an empty `state`."""
    verdict = Verdict()
    disk = disks / "one"
    if not (disk / "disk.json").exists():
        if case.before is not None:
            verdict.faults.append("no disk was found")
        return verdict
    clock = ManualClock(wall_us=case.last.now_us + SECOND_US)
    index = state / "index.sqlite"
    # The same recorder, started again; its index is lost.
    film.be_somebody(state, boot=100)
    store = StoreWriter([Disk(disk, clock)], index, clock, ANOTHER_BOOT, threads=False)
    began = time.monotonic()
    store.start()
    for one in store.status():
        # An empty state is another recorder's: it must be told that the disk is its own.
        if one.doubt:
            store.disks.adopt(one.place, one.id)
            store.step()
            store.step()
    verdict.recovery_s = time.monotonic() - began
    volumes = [one.volume for one in store._writers]
    verdict.listed = sum(block.listed for one in volumes if one is not None for block in one.open.values())
    reader = StoreReader(disks, index, clock)
    try:
        if not store.writable:
            verdict.faults.append(f"the disk is not recovered: {store.status()}")
        for key in film.cast(case.mains, case.subs):
            _compare(key, reader, case, verdict)
    finally:
        reader.close()
        store.close()
    verdict.faults += check(disk).damage
    return verdict


def _compare(key: StreamKey, reader: StoreReader, case: Case, verdict: Verdict) -> None:
    """Compare what plays of one stream with what was promised of it, and with what was sent."""
    script = film.Script(key, case.last.started_us, case.sample)
    named = film.name(key)
    until_us = case.before.durable.get(named, 0) if case.before else 0
    oldest_us = (case.after or case.before or case.last).oldest.get(named, 0)
    sent = script.numbers(0, case.last.now_us + SENT_LATER_US)
    found: set[int] = set()
    for one in unflagged(played(reader, key, 0, ALWAYS)):
        number = (one[2] - script.started_us) // film.PERIOD_US
        # The first sample after a loss carries a mark of it, so flags are left out of the comparison.
        if number not in sent or [one] != unflagged(simple([script.sample(number)])):
            verdict.faults.append(f"{named}: plays what was never sent, as sample {number}")
            break
        found.add(number)
    due = script.numbers(oldest_us, until_us)
    verdict.promised += len(due)
    verdict.found += len(found)
    if missing := set(due) - found:
        verdict.faults.append(f"{named}: {len(missing)} of {len(due)} promised samples do not play")
    if case.before is not None and until_us and case.before.now_us - until_us > EXPOSED_US:
        verdict.faults.append(f"{named}: {(case.before.now_us - until_us) / SECOND_US:.1f} s were exposed")


def main() -> None:
    place, case = Path(sys.argv[1]), Case.parse(Path(sys.argv[2]).read_bytes())
    with tempfile.TemporaryDirectory() as state:
        print("VERDICT " + json.dumps(asdict(judge(place, Path(state), case))))


if __name__ == "__main__":
    main()
