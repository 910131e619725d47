"""A line to the root helper for one piece of work; refusals become errors with words."""

from collections.abc import Generator
from contextlib import contextmanager

from hal.client import HalUnavailable
from hal.client.admin import AdminClient
from recorder.client.instance import Instance
from recorder.control.hardware import HardwareRefused

PATIENCE_S = 40.0
"""The longest verb that is not a job takes 30 s."""


@contextmanager
def root(instance: Instance, patience_s: float = PATIENCE_S) -> Generator[AdminClient]:
    """Talk to the root helper; raises `HardwareRefused`."""
    try:
        with AdminClient(instance.socket("hal-admin"), patience_s) as client:
            yield client
    except HalUnavailable as error:
        raise HardwareRefused(what=str(error).rstrip(".")) from error
