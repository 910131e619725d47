"""A button of a settings page: asked for its parameters, confirmed, run, watched until it is over."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gui.dialogs.message import Question
from gui.dialogs.sheet import Sheet
from gui.forms.controls import Surroundings
from gui.forms.form import Form
from gui.forms.schema import fields_of
from gui.pages.recovery_key import EnterRecoveryKey
from gui.toolkit.button import Button, Look
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.toolkit.widget import Widget
from recorder.client.answers import ActionInfo, ActionJob, JobState, PageInfo
from recorder.client.api import ApiError
from recorder.client.clock import SECOND_US
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LOOK_S = 0.4
AWAY_US = 5 * SECOND_US
"""So long without an answer, and who waits is told. A recording service that is started anew is back before."""
NOT_FOUND = 404
NOT_LET_IN = {401, 403}
"""Who pressed it has logged out."""


class Parameters(Sheet):
    """The form of an action's parameters."""

    wide = 640.0

    def __init__(self, action: ActionInfo, around: Surroundings, run: Callable[[Mapping[str, Any]], object]) -> None:
        super().__init__(action.title, name="parameters")
        self.run = run
        fields = fields_of(action.parameters)
        self.form = Form(fields, {field.name: field.default for field in fields}, around, flat=True)

    def content(self) -> list[Widget]:
        """The form."""
        return [self.form]

    def buttons(self) -> list[Widget]:
        """Out, or do it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("OK"), self._go, name="go", look=Look.PRIMARY, width=120),
        ]

    def _go(self) -> None:
        if self.form.check():
            self.screen.focus_on(self.form.first_problem())
            return
        values = {name: value for name, value in self.form.values().items() if value is not None}
        self.close(True)
        self.run(values)


class Watch:
    """Follows a run until it is over or its page is left. A look that fails is no end: the run goes on without us."""

    def __init__(self, owner: Page, rooms: "Rooms", action: ActionInfo, done: Callable[[], object]) -> None:
        self._owner, self._rooms, self._action, self._done = owner, rooms, action, done
        self._away_since_us: int | None = None
        self._told_away = False

    def have(self, job: ActionJob) -> None:
        """Take how far it is."""
        self._away_since_us, self._told_away = None, False
        title, say = self._action.title, self._owner.screen.notices.say
        if job.state is JobState.DONE:
            say(job.words or job.result.get("words") or _("{action}: done.").format(action=title), Tone.GOOD)
            self._done()
            if job.result.get("missing_keys"):
                self._owner.screen.navigator.push(EnterRecoveryKey(self._rooms))
        elif job.state.over:
            say(job.words or _("{action}: failed.").format(action=title), Tone.BAD)
        else:
            self._look_soon(job.id)

    def _look_soon(self, job: str) -> None:
        def look() -> None:
            self._owner.work(lambda: self._rooms.api.action_job(job), self.have, lambda error: self._away(job, error))

        self._owner.screen.after(LOOK_S, look)

    def _away(self, job: str, error: Exception) -> None:
        title, say = self._action.title, self._owner.screen.notices.say
        if isinstance(error, ApiError) and error.http_status == NOT_FOUND:
            # Runs do not outlive control.
            words = _("{action}: the recorder was restarted in the middle of it. Look whether it was done.")
            say(words.format(action=title), Tone.BAD)
            return
        if isinstance(error, ApiError) and error.http_status in NOT_LET_IN:
            say(words_of(error), Tone.BAD)
            return
        now_us = self._owner.screen.clock.monotonic_us()
        if self._away_since_us is None:
            self._away_since_us = now_us
        if not self._told_away and now_us - self._away_since_us >= AWAY_US:
            self._told_away = True
            words = _("{action}: the recorder does not say how far it is. It may go on; its end is told here.")
            say(words.format(action=title), Tone.WARNING)
        self._look_soon(job)


def press(
    owner: Page,
    rooms: "Rooms",
    page: PageInfo,
    action: ActionInfo,
    around: Surroundings,
    done: Callable[[], object],
    *,
    channel: int | None = None,
    item: str = "",
) -> None:
    """Press a button of a page; `done` is called when it has changed something."""

    def run(values: Mapping[str, Any]) -> None:
        watch = Watch(owner, rooms, action, done)
        owner.work(lambda: rooms.api.run_action(page.name, action.name, values, channel=channel, item=item), watch.have)

    def ask() -> None:
        if action.parameters.get("properties"):
            owner.screen.navigator.push(Parameters(action, around, run))
        else:
            run({})

    if action.confirm:
        owner.screen.navigator.push(Question(action.title, action.confirm, _("Do it"), ask, danger=True))
    else:
        ask()
