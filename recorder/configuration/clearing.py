"""A reset of everything but recordings, on a laptop: the first root does the same on the target (C1)."""

import logging

from recorder.client.answers.configuration import Extent
from recorder.client.instance import Instance
from recorder.configuration.reset_flag import FLAG, asked, withdraw
from recorder.configuration.steps import Steps

log = logging.getLogger(__name__)


def clear(instance: Instance, steps: Steps | None = None) -> bool:
    """Take away all that is no recording, where that was asked for; says whether it did. Raises OSError.

    While no process of the recorder runs.
    """
    steps = steps or Steps()
    config = instance.config
    if asked(config) is not Extent.EVERYTHING:
        return False
    log.warning("Reset: everything but recordings goes")
    for place in (instance.state, instance.exports, config):
        if place.is_dir():
            for one in sorted(place.iterdir()):
                if one != config / FLAG:
                    steps.remove(one)
            steps.sync(place)
    withdraw(config, steps)
    return True
