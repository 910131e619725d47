"""Play streams from a reader process, all at once and each from its beginning, and say what came of each.

`python3 -m tests.guest.inside.play DATA STREAM…`, each as `1/main`. A line for each as soon as it is over: how many
pictures came, and `end` or the words of a refusal.
"""

import json
import sys
import threading
from pathlib import Path

from recorder.client import wire
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.client.tap import Credit, Subscribe

CREDIT = 1 << 30


def play(instance: Instance, stream: str) -> tuple[int, str]:
    """Give the pictures of a stream, and why no more came."""
    channel, name = stream.split("/")
    pictures = 0
    with wire.BlockingConnection(str(instance.socket("reader")), timeout_s=None) as reader:
        reader.send(Subscribe(1, int(channel), StreamName(name), from_us=0))
        reader.send(Credit(1, CREDIT))
        while True:
            kind, payload = reader.receive()
            if kind == wire.SAMPLE:
                pictures += 1
                continue
            told = wire.decode(payload)
            if told["op"] == "ended":
                return pictures, told["reason"]
            if told["op"] == "failed":
                return pictures, told["words"]


def main() -> None:
    instance = Instance(Path(sys.argv[1]))

    def one(stream: str) -> None:
        print(f"PLAYED {json.dumps([stream, *play(instance, stream)])}\n", end="", flush=True)

    for stream in sys.argv[2:]:
        threading.Thread(target=one, args=(stream,)).start()


if __name__ == "__main__":
    main()
