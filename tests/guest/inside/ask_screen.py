"""`python3 ask_screen.py SOCKET`: asks the screen; each line of its input is a message, each answer a line of JSON."""

import base64
import json
import socket
import sys
from typing import Any

from recorder.client import wire


def main() -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(sys.argv[1])
        splitter = wire.Splitter()
        for asked in sys.stdin:
            line.sendall(wire.encode(json.loads(asked)))
            answer = None
            while answer is None:
                for _kind, payload in splitter.feed(line.recv(1 << 16)):
                    answer = wire.decode(payload)
            print(json.dumps(answer, default=_text), flush=True)


def _text(value: Any) -> str:
    return base64.b64encode(value).decode()


if __name__ == "__main__":
    main()
