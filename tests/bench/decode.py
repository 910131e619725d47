"""What decode alone costs for a wall of 16 tiles: 704x576 at 15 fps, H.264, shown at 480x270."""

import tempfile
import time
from pathlib import Path

import psutil

from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance
from recorder.client.stream import Sample, SampleFlag, StreamKey, StreamName
from tests.bench.figure import Figure
from tests.bench.stage.clip import street
from tests.bench.stage.running import running
from tests.recorder.decode.taps import FakeTap

TILES, FPS, GOP = 16, 15, 30
SECONDS = 15
BUDGET = 25.0
"""Percent of one core: the part of decode in the budget of the whole wall, 40."""


def run() -> list[Figure]:
    """Measure; takes half a minute."""
    epoch, samples = street(704, 576, FPS, GOP, 512_000, 8)
    keys = [StreamKey(channel, StreamName.SUB) for channel in range(1, TILES + 1)]
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place:
        instance = Instance(Path(place))
        media = FakeTap(instance.socket("media"))
        client = DecodeClient(instance.socket("decode"))
        with running("recorder.decode", instance.data) as pid:
            client.start()
            for key in keys:
                client.view(key.channel, key.channel, key.stream, 480, 270)
            while sum(media.live_subscriptions(key) for key in keys) < TILES:
                time.sleep(0.05)
            process = psutil.Process(pid)
            begun = cpu = sequences = 0.0
            start = time.monotonic()
            for number in range((SECONDS + 3) * FPS):
                if number == 3 * FPS:
                    begun, cpu = time.monotonic(), sum(process.cpu_times()[:2])
                    sequences = _sequences(client, keys)
                for channel, key in enumerate(keys):
                    data, is_key = samples[(number + channel * 7) % len(samples)]
                    flags = SampleFlag.KEY if is_key else SampleFlag.NONE
                    media.push(key, epoch, [Sample(0, number * 66_667, time.time_ns() // 1000, flags, data)])
                    time.sleep(max(0, start + (number + channel / TILES) / FPS - time.monotonic()))
            took = time.monotonic() - begun
            percent = 100 * (sum(process.cpu_times()[:2]) - cpu) / took
            shown = (_sequences(client, keys) - sequences) / took / TILES
            memory = process.memory_full_info().pss / 1e6
            client.close()
        media.close()
    return [
        Figure("decode: 16 tiles 704x576@15, user+sys", percent, "%", BUDGET, note="of one core"),
        Figure("decode: pictures shown a second and tile", shown, "1/s"),
        Figure("decode: memory (PSS)", memory, "MB"),
    ]


def _sequences(client: DecodeClient, keys: list[StreamKey]) -> float:
    return sum(surface.sequence for key in keys if (surface := client.surface(key.channel)) is not None)


if __name__ == "__main__":
    for figure in run():
        print(figure.line())
