"""The images that are tried: one that is well, and one for each way not to be."""

import os
from collections.abc import Callable

from tests.guest.image import ROOT
from tests.image.update.bundles import Image, module

PATIENCE = "NIGHTJAR_PATIENCE_S"
"""So many seconds a new firmware of these tests has to get well, instead of ten minutes, where they are to be quick."""
TIMER = "usr/lib/systemd/system/trial-guard.timer"
LATER_S = 240
"""The guard of trials looks so much later than control gives up, as it does in the image that is shipped."""


def blind() -> dict[str, bytes]:
    """Let the screen draw nothing."""
    return module("gui.__main__", ("import argparse\n", "import argparse, time\ntime.sleep(1e9)\n"))


def migrated() -> dict[str, bytes]:
    """Have the settings in a form of one version more."""
    newer = '    audit.BY_TIME,\n    "CREATE TABLE newer (id INTEGER) STRICT;",\n)'
    return module("recorder.settings.store", ("    audit.BY_TIME,\n)", newer))


def one_channel() -> dict[str, bytes]:
    """Forget all channels but the first."""
    every, first = (f"    for channel in plan.channels{one}:\n        for stream" for one in ("", "[:1]"))
    return module("recorder.media.roster", (every, first))


def hanging() -> dict[str, bytes]:
    """Let control stand still at its start."""
    still = "    log_to_stderr()\n    import time\n    time.sleep(1e9)\n"
    return module("recorder.control.__main__", ("    log_to_stderr()\n", still))


def yes() -> dict[str, bytes]:
    """Let the gate find nothing wrong, whatever is."""
    found = "    found: list[Wrong] = []\n"
    return module("recorder.update.gate", (found, f"{found}    return ()\n"))


def impatient() -> dict[str, bytes]:
    """Let control give up sooner, where that is asked for."""
    seconds = os.environ.get(PATIENCE)
    return module("recorder.update.trial", ("600 * SECOND_US", f"{seconds} * SECOND_US")) if seconds else {}


def impatient_guard() -> dict[str, bytes]:
    """Let the guard of trials look sooner, where that is asked for."""
    text, seconds = (ROOT / "rootfs" / TIMER).read_text(), os.environ.get(PATIENCE)
    assert "OnActiveSec=15min" in text
    sooner = text.replace("OnActiveSec=15min", f"OnActiveSec={int(seconds) + LATER_S}") if seconds else text
    return {TIMER: sooner.encode()}


IMAGES: dict[str, Callable[[], Image]] = {
    "good": lambda: Image("0.2.0"),
    "before": lambda: Image("0.1.9"),
    "blind": lambda: Image("0.3.0", blind() | migrated() | impatient()),
    "deaf": lambda: Image("0.3.1", one_channel() | impatient()),
    "hangs": lambda: Image("0.3.2", hanging() | impatient_guard()),
    "panics": lambda: Image("0.3.3", first="#!/bin/busybox sh\nexit 1\n"),
    "yes": lambda: Image("0.3.4", blind() | yes()),
}
