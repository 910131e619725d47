"""What detection finds and what it costs: crossings of the simulated scenes, false alarms where nobody is, CPU."""

import tempfile
import time
from pathlib import Path

import psutil

from recorder.client import wire
from recorder.client.clock import SECOND_US
from recorder.client.detection import Region, Watch, Watched
from recorder.client.grid import WHOLE, cells_of, to_text
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey, StreamName
from recorder.decode import scaling
from recorder.decode.decoder import VideoDecoder
from recorder.decode.swscale import Canvas, pixels
from recorder.detect.channel import WatchedChannel
from recorder.detect.motion import HEIGHT, STANDARD_SENSITIVITY, WIDTH, MotionFinder
from tests.bench.figure import Figure
from tests.bench.stage.clip import street
from tests.bench.stage.crossings import FPS, LOOP_S, crossings, film, seen_by_decode
from tests.bench.stage.running import running
from tests.recorder.decode.taps import FakeTap

SCENES = ("car-park-night", "courtyard-day", "shop-street-night", "warehouse-day")
QUIET_S = 900
"""Of each scene: an hour in all."""
CHANNELS, CPU_S = 16, 15
SCALED_TIMES = 8
BEGIN_US = 1_700_000_000 * SECOND_US
RECALL, FALSE_PER_HOUR, CPU_PERCENT = 0.95, 1.0, 0.2


def run() -> list[Figure]:
    """Measure; takes four minutes on a quiet machine."""
    found = there = false = 0
    false_s: set[tuple[str, int]] = set()
    for name in SCENES:
        mine = _crossings(name)
        found, there = found + sum(mine), there + len(mine)
        alarms, seconds = _quiet(name)
        false += alarms
        false_s |= {(name, second) for second in seconds}
    hours = len(SCENES) * QUIET_S / 3600
    return [
        Figure(f"detect: crossings found, of {there}", found / there, "", RECALL, more_is_better=True),
        Figure("detect: false alarms where nobody is", false / hours, "1/h", FALSE_PER_HOUR, note=f"in {hours:g} h"),
        Figure("detect: seconds stored as motion where nobody is", len(false_s) / hours, "s/h"),
        *_cost(),
    ]


def _crossings(name: str) -> list[bool]:
    """Let the scene be learnt for a minute without anybody, then look at its loop."""
    crowded, empty, finder = film(name, empty=False), film(name, empty=True), MotionFinder()
    count = LOOP_S * FPS
    pictures = [empty.picture(number).copy() for number in range(count)]
    pictures += [crowded.picture(number).copy() for number in range(count)]
    moved: dict[int, set[tuple[int, int]]] = {}
    for number, picture in enumerate(seen_by_decode(pictures)):
        seen = finder.look(picture, BEGIN_US + number * SECOND_US // FPS)
        if number >= count and seen.moved:
            moved[number - count] = set(cells_of(seen.moved[STANDARD_SENSITIVITY]))
    return [one.found(moved) for one in crossings(crowded)]


def _quiet(name: str) -> tuple[int, set[int]]:
    """Look at a scene without anybody; gives how often an alarm began, and the seconds stored as motion."""
    empty = film(name, empty=True)
    channel = WatchedChannel(Watched(1, StreamName.SUB, (Region(1, to_text(WHOLE), STANDARD_SENSITIVITY, 1),)))
    alarms, before, seconds = 0, False, set[int]()
    pictures = (empty.picture(number) for number in range(QUIET_S * FPS))
    records = []
    for number, picture in enumerate(seen_by_decode(pictures)):
        at_us = number * SECOND_US // FPS
        records.append(channel.take(picture, BEGIN_US + at_us, at_us))
        now = bool(channel.told(at_us, keys_only=False).moving)
        alarms += now and not before
        before = now
    for record in [*records, channel.finish()]:
        seconds |= {record.start_us // SECOND_US + second for second, _cells in record.moved} if record else set()
    return alarms, seconds


def _cost() -> list[Figure]:
    """What the process takes of a core for each of some channels of a busy street, beyond decoding.

    Once more with what decode does for it besides: the luma of each picture, scaled.
    """
    epoch, samples = street(704, 576, FPS, 10, 512_000, 8)
    keys = [StreamKey(channel, StreamName.SUB) for channel in range(1, CHANNELS + 1)]
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place:
        instance = Instance(Path(place))
        media = FakeTap(instance.socket("media"))
        with running("recorder.decode", instance.data), running("recorder.detect", instance.data) as pid:
            line = wire.BlockingConnection(str(instance.socket("detect")))
            whole = (Region(1, to_text(WHOLE), 75, 1),)
            line.send(Watch(tuple(Watched(key.channel, key.stream, whole) for key in keys)))
            while sum(media.live_subscriptions(key) for key in keys) < CHANNELS:
                time.sleep(0.05)
            process = psutil.Process(pid)
            begun = cpu = 0.0
            start = time.monotonic()
            for number in range((CPU_S + 5) * FPS):
                if number == 5 * FPS:
                    begun, cpu = time.monotonic(), sum(process.cpu_times()[:2])
                for channel, key in enumerate(keys):
                    data, is_key = samples[(number + channel * 10) % len(samples)]
                    flags = SampleFlag.KEY if is_key else SampleFlag.NONE
                    media.push(key, epoch, [Sample(0, number * 200_000, time.time_ns() // 1000, flags, data)])
                    time.sleep(max(0, start + (number + channel / CHANNELS) / FPS - time.monotonic()))
            took = time.monotonic() - begun
            percent = 100 * (sum(process.cpu_times()[:2]) - cpu) / took / CHANNELS
            line.close()
        media.close()
    scaling_ms = _scaling_ms(epoch, samples)
    whole = percent + scaling_ms * FPS / 10
    note = f"{scaling_ms:.3f} ms a picture"
    return [
        Figure("detect: a channel at 5 pictures a second", percent, "% of a core", CPU_PERCENT),
        Figure("detect: the same, its luma scaled", whole, "% of a core", CPU_PERCENT, note=note),
    ]


def _scaling_ms(epoch: Epoch, samples: list[tuple[bytes, bool]]) -> float:
    """Processor time of one picture's luma, taken from pictures that follow each other, as they lie in no cache."""
    assert epoch.video is not None
    decoder = VideoDecoder(epoch.video)
    frames = [frame for at, (data, _key) in enumerate(samples) for frame in decoder.decode(data, at)]
    canvas = Canvas(pixels(WIDTH, HEIGHT, 1))
    scaling.show_luma(frames[0], canvas)
    begun = time.thread_time()
    for frame in frames * SCALED_TIMES:
        scaling.show_luma(frame, canvas)
    return 1000 * (time.thread_time() - begun) / (SCALED_TIMES * len(frames))
