"""`python3 ask_hal.py SOCKET`: asks hal for its devices and prints them as JSON; then asks on.

Each line of its input is `[kind, name, verb, {arguments}]`; each answer is a line with `result` or `words`.
"""

import json
import sys
from pathlib import Path

import msgspec

from hal.client import HalClient, HalUnavailable


def main() -> None:
    with HalClient(Path(sys.argv[1])) as hal:
        about = {"inventory": hal.inventory(), "devices": hal.devices()}
        print(msgspec.json.encode(about).decode(), flush=True)
        for line in sys.stdin:
            kind, name, verb, args = json.loads(line)
            try:
                said = {"result": hal.call(kind, name, verb, **args)}
            except HalUnavailable as error:
                said = {"words": str(error)}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
