"""An export under way: asked for its progress twice a second, also while its dialog is hidden."""

from dataclasses import replace
from typing import TYPE_CHECKING

from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from recorder.client.answers import ExportJob, JobState
from recorder.client.api import ApiClient, ApiError
from recorder.client.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

ASK_S = 0.5
NOT_FOUND = 404


class ExportWatch:
    """Follows one job for as long as the page that began it is open."""

    def __init__(self, api: ApiClient, owner: Page, job: ExportJob) -> None:
        self.job = job
        self.on_change: Callable[[ExportJob], object] | None = None
        """Told of every answer; without it (the dialog is hidden) the end is told as a notice."""
        self._api = api
        self._owner = owner
        self._wait()

    def cancel(self) -> None:
        """Stop the export: the file under way is removed, finished ones stay."""
        self._owner.work(lambda: self._api.cancel_export(self.job.id))

    def _wait(self) -> None:
        if not self.job.state.over and self._owner.shown_on is not None:
            self._owner.screen.after(ASK_S, self._ask)

    def _ask(self) -> None:
        if not self.job.state.over:
            self._owner.work(lambda: self._api.export_job(self.job.id), self._have, self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ApiError) and error.http_status == NOT_FOUND:
            # Jobs do not outlive control.
            words = _("The recorder was restarted in the middle of the export.")
            self._have(replace(self.job, state=JobState.FAILED, words=words))
        else:
            self._wait()

    def _have(self, job: ExportJob) -> None:
        if self.job.state.over:
            return
        self.job = job
        if self.on_change is not None:
            self.on_change(job)
        elif job.state is JobState.DONE:
            told = _("Exported to {folder}.").format(folder=job.directory)
            self._owner.screen.notices.say(f"{told} {job.words}".strip(), Tone.GOOD)
        elif job.state is JobState.FAILED:
            self._owner.screen.notices.say(job.words or _("The export failed."), Tone.BAD)
        self._wait()
