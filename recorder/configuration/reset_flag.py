"""The flag by which a factory reset is asked for: a file of one word among the settings (C1).

So the rescue system, a shell script, can ask for it too.
"""

import logging
import os
from pathlib import Path

from recorder.client.answers.configuration import Extent
from recorder.configuration.steps import Steps

FLAG = "reset"
LARGEST_FLAG = 64
log = logging.getLogger(__name__)


def ask_for(config: Path, extent: Extent, steps: Steps | None = None) -> None:
    """Have a reset carried out at the next start; raises OSError."""
    steps = steps or Steps()
    fresh = config / f".{FLAG}.new"
    steps.write(fresh, f"{extent.value}\n".encode())
    steps.rename(fresh, config / FLAG)
    steps.sync(config)


def withdraw(config: Path, steps: Steps | None = None) -> None:
    """Have no reset carried out; raises OSError."""
    steps = steps or Steps()
    steps.remove(config / FLAG)
    steps.sync(config)


def asked(config: Path) -> Extent | None:
    """Give what the next start is to reset. What is no such word resets nothing: it is never guessed."""
    try:
        descriptor = os.open(config / FLAG, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.error("A reset is asked for, but cannot be read: %s", error.strerror)  # noqa: TRY400 - the words say it
        return None
    try:
        return Extent(os.read(descriptor, LARGEST_FLAG).decode("ascii").strip())
    except (OSError, ValueError):
        log.error("What asks for a reset says none of %s; nothing is reset", ", ".join(Extent))  # noqa: TRY400
        return None
    finally:
        os.close(descriptor)
