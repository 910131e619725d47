"""Recording disks: make, list, check, mend; see `recorder.store.commands`."""

import argparse
from typing import TYPE_CHECKING

from recorder.store.commands import add_arguments

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    add_arguments(verbs, shared)
