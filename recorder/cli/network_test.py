"""`nightjar hardware test-network`: how soon an address answers, what is missing, and what to do (D-MNT-08)."""

import argparse
import sys
import time
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.client.tone import Tone
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import NetworkTest

LOOK_S = 0.3


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    about = "test how soon an address answers and what is missing; ends with 1 where nothing or not all is answered"
    one = verbs.add_parser("test-network", parents=[shared], help=about)
    one.add_argument("address", help="an address or name, also with :PORT behind it, or the address of a stream")
    one.add_argument("--port", type=int, default=0, help="measure connections to it (default: echo requests)")
    one.add_argument("--count", type=int, default=10, help="how many requests, two a second (default: 10)")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Test it, telling each answer as it comes; Ctrl-C ends the test."""
    from recorder.cli.output import print_json

    with owner(asked) as api:
        told = api.test_network(asked.address, port=asked.port, count=asked.count)
        said = 0
        try:
            while told is not None and not told.state.over:
                said = said if asked.json else _say(told, said)
                time.sleep(LOOK_S)
                told = api.network_tests().newest
        except KeyboardInterrupt:
            told = api.cancel_network_test().newest
    if told is None:
        sys.exit(_("The recorder started anew meanwhile. Test once more."))
    if asked.json:
        print_json(told)
    else:
        _say(told, said)
        _conclude(told)
    if told.tone not in {Tone.GOOD, Tone.WARNING}:
        sys.exit(1)


def _say(told: "NetworkTest", said: int) -> int:
    """Print the answers that came since; gives how many were said in all."""
    decided = len(told.delays_ms) - told.waiting
    for nth in range(said, decided):
        delay_ms = told.delays_ms[nth]
        words = _("no answer") if delay_ms is None else _("{ms:.2f} ms").format(ms=delay_ms)
        print(f"  {nth + 1:3} {told.to} {words}")
    sys.stdout.flush()
    return max(said, decided)


def _conclude(told: "NetworkTest") -> None:
    print(told.words)
    for one in told.advice:
        print(f"  {one}")
    for fact in told.facts:
        print(f"  {fact.name}: {fact.words}")
