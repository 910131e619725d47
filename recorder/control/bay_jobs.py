"""Work at bays and arrays that takes a while: one job each, in its own thread, which tells how far it is."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from recorder.client.answers import BayJob, BayTask, JobState
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.volumes import is_array
from recorder.settings.action import Cancelled

log = logging.getLogger(__name__)


class BayAtWork(NightjarError):
    """One job at a time."""

    status = 409
    words = _("Something is being done with {what}. Wait for it to end, or cancel it.")


class Running:
    """One job; used from its thread."""

    def __init__(self, work: BayTask) -> None:
        self.told = BayJob(work, JobState.RUNNING)
        self.cancelled = threading.Event()

    def tell(self, percent: float, words: str) -> None:
        """Say how far it is; raises `Cancelled`."""
        if self.cancelled.is_set():
            raise Cancelled
        self.told = replace(self.told, percent=min(100.0, percent), words=words)


class BayJobs:
    """The newest job of each bay, by its name, and of each array (`volumes.array_key`). Safe from any thread."""

    def __init__(self) -> None:
        self._jobs: dict[str, Running] = {}
        self._lock = threading.Lock()

    def told(self) -> dict[str, BayJob]:
        """Say how far each is."""
        with self._lock:
            return {key: one.told for key, one in self._jobs.items()}

    def at_work(self) -> frozenset[str]:
        """Say with what something is being done."""
        return frozenset(key for key, job in self.told().items() if not job.state.over)

    def begin(
        self,
        keys: Sequence[str],
        work: BayTask,
        do: Callable[[Running], str],
        note: Callable[[], object] = lambda: None,
    ) -> None:
        """Begin a job with some bays or with an array; what `do` gives are the words of its end. Raises `BayAtWork`.

        `note` writes down what is done, before it is: what is refused is not noted, and what is not noted not done.
        """
        with self._lock:
            for key in keys:
                if (before := self._jobs.get(key)) is not None and not before.told.state.over:
                    what = _("the array") if is_array(key) else _("the disk in bay {bay}").format(bay=key)
                    raise BayAtWork(what=what)
            running = Running(work)
            self._jobs.update(dict.fromkeys(keys, running))
        try:
            note()
        except BaseException:
            running.told = replace(running.told, state=JobState.FAILED, words=str(NightjarError()))
            raise
        name = ", ".join(keys)
        threading.Thread(target=self._run, args=(name, running, do), name=f"bay {name}", daemon=True).start()

    def cancel(self, key: str) -> None:
        """Give up what is under way, if anything is."""
        with self._lock:
            running = self._jobs.get(key)
        if running is not None:
            running.cancelled.set()

    def _run(self, bay: str, running: Running, do: Callable[[Running], str]) -> None:
        try:
            words = do(running)
        except NightjarError as error:
            # Whatever broke off because it was told to has not failed.
            given_up = running.cancelled.is_set()
            state = JobState.CANCELLED if given_up else JobState.FAILED
            running.told = replace(running.told, state=state, words=str(Cancelled() if given_up else error))
        except Exception:
            log.exception("bay %s: %s failed", bay, running.told.work)
            running.told = replace(running.told, state=JobState.FAILED, words=str(NightjarError()))
        else:
            running.told = replace(running.told, state=JobState.DONE, percent=100.0, words=words)
        log.info("bay %s: %s %s: %s", bay, running.told.work, running.told.state, running.told.words)
