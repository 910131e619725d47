"""Recording disks: make, list, check, mend; see `recorder.store.commands`."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli import adopt, disk_bench, evidence, extract
from recorder.store.commands import add_arguments

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    actions = add_arguments(verbs, shared)
    adopt.add(actions, shared)
    evidence.add(actions, shared)
    extract.add(actions, shared)
    disk_bench.add(actions, shared)
