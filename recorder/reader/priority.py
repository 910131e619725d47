"""Recording first: the reader steps back where disk or processor are short."""

import logging
import os

import psutil

log = logging.getLogger(__name__)

NICE = 5
# Best effort, lowest level (ioprio_set(2)); media keeps the default, level 4.
IO_LEVEL = 7


def step_back() -> None:
    """Lower this process's weight; children inherit it."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
        psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, IO_LEVEL)
    except (OSError, psutil.Error) as error:
        log.warning("The priority could not be lowered: %s", error)
