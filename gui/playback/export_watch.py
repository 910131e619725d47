"""An export under way: asked for its progress twice a second, also while its dialog is hidden and its page closed."""

from dataclasses import replace
from typing import TYPE_CHECKING

from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from recorder.client.answers import ExportJob, JobState
from recorder.client.api import ApiClient, ApiError
from recorder.client.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.toolkit.screen import Screen

ASK_S = 0.5
NOT_FOUND = 404
NOT_LET_IN = {401, 403}
"""Who began it has logged out: perhaps somebody else stands here."""


def begin_watched(
    api: ApiClient,
    screen: "Screen",
    ask: "Callable[[], ExportJob]",
    began: "Callable[[ExportWatch], object]",
    refused: "Callable[[Exception], bool]",
) -> None:
    """Ask for an export, and watch it: also where who asked has left before it has begun.

    `refused` says whether it has shown the refusal; else it is told as a notice.
    """

    def failed(error: Exception) -> None:
        if not refused(error):
            screen.notices.say(words_of(error), Tone.BAD)

    _beneath(screen).work(ask, lambda job: began(ExportWatch(api, screen, job)), failed)


def _beneath(screen: "Screen") -> Page:
    """Give the lowest page, which is never closed: it hears the answers."""
    return screen.navigator.pages[0]


class ExportWatch:
    """Follows one job to its end, or until who began it logs out."""

    def __init__(self, api: ApiClient, screen: "Screen", job: ExportJob) -> None:
        self.job = job
        self.on_change: Callable[[ExportJob], object] | None = None
        """Told of every answer; without it (the dialog is hidden) the end is told as a notice."""
        self._api = api
        self._screen = screen
        self._wait()

    def cancel(self) -> None:
        """Stop the export: the file under way is removed, finished ones stay."""
        _beneath(self._screen).work(lambda: self._api.cancel_export(self.job.id))

    def _wait(self) -> None:
        if not self.job.state.over:
            self._screen.after(ASK_S, self._ask)

    def _ask(self) -> None:
        if not self.job.state.over:
            _beneath(self._screen).work(lambda: self._api.export_job(self.job.id), self._have, self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ApiError) and error.http_status == NOT_FOUND:
            # Jobs do not outlive control.
            words = _("The recorder was restarted in the middle of the export.")
            self._have(replace(self.job, state=JobState.FAILED, words=words))
        elif not (isinstance(error, ApiError) and error.http_status in NOT_LET_IN):
            self._wait()

    def _have(self, job: ExportJob) -> None:
        if self.job.state.over:
            return
        self.job = job
        if self.on_change is not None:
            self.on_change(job)
        elif job.state is JobState.DONE:
            told = _("Exported to {folder}.").format(folder=job.directory)
            self._screen.notices.say(f"{told} {job.words}".strip(), Tone.GOOD)
        elif job.state is JobState.FAILED:
            self._screen.notices.say(job.words or _("The export failed."), Tone.BAD)
        self._wait()
