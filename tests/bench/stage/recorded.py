"""What a recorder has of simulated cameras, counted by the stamps in the pictures that it gives away."""

import math
import tempfile
import time
from pathlib import Path

import av

from recorder.client.answers import JobState
from recorder.client.api import ApiClient
from recorder.simulate.stamp import Stamp, read_stamp

PATIENCE_S = 120.0


def stamps(owner: ApiClient, channel: int, from_us: int, until_us: int) -> list[Stamp]:
    """Export a stretch of a channel's main stream, and read what its pictures say of themselves."""
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as folder:
        job = owner.export([channel], from_us, until_us, directory=Path(folder))
        over = time.monotonic() + PATIENCE_S
        while job.state in {JobState.QUEUED, JobState.RUNNING}:
            assert time.monotonic() < over, "the export takes too long"
            time.sleep(0.2)
            job = owner.export_job(job.id)
        assert job.state is JobState.DONE, job.words
        found: list[Stamp] = []
        for name in job.files:
            with av.open(str(Path(folder, name))) as file:
                found += [stamp for one in file.demux(video=0) if one.size and (stamp := read_stamp(bytes(one)))]
        return found


def missing(found: list[Stamp], from_us: int, until_us: int) -> int:
    """How many pictures that the camera took in a stretch are not there; it counts them without a break."""
    assert found, "nothing is recorded"
    step_us = (found[-1].time_us - found[0].time_us) / (found[-1].frame - found[0].frame)
    first = found[0].frame + math.ceil((from_us - found[0].time_us) / step_us)
    end = found[0].frame + math.ceil((until_us - found[0].time_us) / step_us)
    return len(set(range(first, end)) - {one.frame for one in found})
