"""A whole media process in the guest: its plan, what it tells of itself, and what is recorded in the end.

`python3 -m tests.guest.inside.media plan DATA URL CAMERAS`, `watch DATA` (a line of JSON a second), `account DATA`.
"""

import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from recorder.client import wire
from recorder.client.clock import SECOND_US, SystemClock
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus, StreamState
from recorder.client.stream import StreamKey, StreamName
from recorder.media.plan import DAY_US, PLAN_FILE, ChannelPlan, Due, Plan, StreamPlan, save
from recorder.store import StoreReader
from tests.recorder.store.rig import ALWAYS


def plan(instance: Instance, url: str, cameras: int) -> None:
    """Have every camera's main stream be recorded round the clock."""
    now = SystemClock().now_us()
    due = (Due(now - DAY_US, now + DAY_US),)
    channels = tuple(
        ChannelPlan(number, f"Camera {number}", (StreamPlan(StreamName.MAIN, f"{url}/cam{number}/main"),), due)
        for number in range(1, cameras + 1)
    )
    instance.state.mkdir(parents=True, exist_ok=True)
    save(Plan(1, now, channels), instance.state / PLAN_FILE)


def watch(instance: Instance) -> None:
    """Tell how media is, until it is gone."""
    with wire.BlockingConnection(str(instance.socket("media"))) as media:
        while True:
            status = msgspec.convert(media.request({"op": "watch"}), MediaStatus, str_keys=True)
            playing = [one for one in status.streams if one.state is StreamState.PLAYING and one.recording]
            told: dict[str, Any] = {
                "recording": len(playing),
                "lost_packets": sum(one.lost_packets for one in status.streams),
                "bits_per_s": sum(one.bits_per_s for one in status.streams),
                "disks": {one.name: [one.state, one.reason] for one in status.disks},
                "now_us": SystemClock().now_us(),
            }
            print(f"STATE {json.dumps(told)}\n", end="", flush=True)
            time.sleep(1)


def account(instance: Instance, cameras: int) -> dict[str, Any]:
    """Say of all cameras from when to when footage plays, its holes, and the reasons told for them."""
    reader = StoreReader(instance.disks, instance.index, SystemClock())
    found: dict[str, Any] = {"begin_us": 0, "end_us": ALWAYS, "samples": 0, "longest_hole_s": 0.0, "unexplained": []}
    reasons: set[str] = set()
    for number in range(1, cameras + 1):
        key = StreamKey(number)
        walls = [one.wall_us for _epoch, one in reader.read(key, 0)]
        gaps = reader.gaps(key, 0, ALWAYS)
        found["samples"] += len(walls)
        found["begin_us"] = max(found["begin_us"], walls[0] if walls else ALWAYS)
        found["end_us"] = min(found["end_us"], walls[-1] if walls else 0)
        for before, after in itertools.pairwise(walls):
            if after - before <= 2 * SECOND_US:
                continue
            found["longest_hole_s"] = max(found["longest_hole_s"], (after - before) / SECOND_US)
            why = {one.reason for one in gaps if one.start_us <= after and one.end_us >= before}
            reasons |= why
            if not why:
                found["unexplained"].append(f"{number}: {(after - before) / SECOND_US:.1f} s")
    reader.close()
    return found | {"reasons": sorted(reasons)}


def main() -> None:
    verb, instance, *words = sys.argv[1], Instance(Path(sys.argv[2])), *sys.argv[3:]
    match verb:
        case "plan":
            plan(instance, words[0], int(words[1]))
        case "watch":
            watch(instance)
        case _:
            print("ACCOUNT " + json.dumps(account(instance, int(words[0]))))


if __name__ == "__main__":
    main()
