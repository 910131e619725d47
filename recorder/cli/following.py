"""A job of the recorder, told until it is over; given up with the command."""

import sys
import time
from collections.abc import Callable, Iterable

from recorder.client.answers import ArrayStatus, BayJob, BayStatus, JobState
from recorder.client.errors import NightjarError
from recorder.client.words import _

LOOK_S = 0.5


class JobFailed(NightjarError):
    """What was begun did not come to its end."""

    status = 409
    words = _("{words}")


def job_of(volumes: Callable[[], Iterable[BayStatus | ArrayStatus]], name: str) -> Callable[[], BayJob | None]:
    """Give what looks anew at the job of one of these bays or arrays; None: it is not there any more."""
    return lambda: next((one.job for one in volumes() if one.name == name), None)


def follow(job: BayJob | None, look: Callable[[], BayJob | None], cancel: Callable[[], object]) -> None:
    """Tell how far a job is until it is over; `look` gives it anew. Raises `JobFailed`."""
    told = ""
    try:
        while job is not None and not job.state.over:
            if (words := f"{job.percent:3.0f} % {job.words}") != told and job.words:
                told = words
                print(words, file=sys.stderr)
            time.sleep(LOOK_S)
            job = look()
    except KeyboardInterrupt:
        cancel()
        raise
    if job is None or job.state is not JobState.DONE:
        raise JobFailed(words=job.words if job is not None else _("The recorder started again meanwhile."))
    print(job.words)
