"""Test an address from within the guest as hal does, and print the last report as a line of JSON: `… ADDRESS COUNT`."""

import asyncio
import sys

import msgspec

from hal.reach.desk import Asked, Desk

if __name__ == "__main__":
    asked = Asked(sys.argv[1], count=int(sys.argv[2]), interval_s=0.2)
    print(msgspec.json.encode(asyncio.run(Desk().test(asked, lambda _report: None))).decode(), flush=True)
