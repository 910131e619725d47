"""`python3 ask_screen.py SOCKET`: asks the screen; each line of its input is a message, each answer a line of JSON."""

import json
import socket
import sys

from recorder.client import wire


def main() -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(sys.argv[1])
        splitter = wire.Splitter()
        for asked in sys.stdin:
            line.sendall(wire.encode(json.loads(asked)))
            answer = None
            while answer is None:
                data = line.recv(1 << 16)
                if not data:
                    sys.exit("the screen hung up")
                for _kind, payload in splitter.feed(data):
                    answer = wire.decode(payload)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
