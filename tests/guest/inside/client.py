"""Ask hal or hal-admin from within the guest, and print what they answer as a line of JSON.

`python3 -m tests.guest.inside.client admin NOUN VERB ARGS`, `call KIND NAME VERB ARGS`, `devices {}`. Progress is
printed as it comes, so that it can be waited for. Without words it asks what each line of its input says, a list of
such words in JSON, by a connection of its own each time: fewer processes are begun and ended.
"""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from hal.client import HalClient, HalUnavailable
from hal.client.admin import AdminClient

RUN = Path("/run/nightjar")


def ask(words: list[str], args: dict[str, Any]) -> object:
    """Do it; raises `HalUnavailable`."""
    match words:
        case ["admin", noun, verb]:
            with AdminClient(RUN / "hal-admin.sock", 170) as root:
                return root.ask(noun, verb, _progress, **args)
        case ["call", kind, name, verb]:
            with HalClient(RUN / "hal.sock", 170) as hal:
                return hal.call(kind, name, verb, **args)
        case _:
            with HalClient(RUN / "hal.sock", 170) as hal:
                return msgspec.to_builtins(hal.devices())


def _progress(percent: float, words: str) -> bool:
    print(f"PROGRESS {percent:.0f} {words}", flush=True)
    return True


def answer(words: list[str], args: dict[str, Any]) -> None:
    """Ask, and print the answer in one write."""
    try:
        told = {"result": ask(words, args)}
    except HalUnavailable as error:
        told = {"error": str(error)}
    print(json.dumps(told) + "\n", end="", flush=True)


def main() -> None:
    if sys.argv[1:]:
        *words, args = sys.argv[1:]
        answer(words, json.loads(args))
        return
    for line in sys.stdin:
        *words, args = json.loads(line)
        answer(words, args)


if __name__ == "__main__":
    main()
