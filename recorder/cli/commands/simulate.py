"""Simulated cameras without a recorder."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb; its options are the simulator's own."""
    del shared
    one = verbs.add_parser("simulate", help="serve simulated cameras by RTSP", add_help=False, prefix_chars="\0")
    one.add_argument("options", nargs=argparse.REMAINDER)
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Serve until interrupted."""
    from recorder.simulate.__main__ import main

    main(asked.options)
