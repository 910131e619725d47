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
from gui.toolkit.widget import Widget
from recorder.client.answers import ActionInfo, ActionJob, JobState, PageInfo
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LOOK_S = 0.4


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
        owner.work(lambda: rooms.api.run_action(page.name, action.name, values, channel=channel, item=item), watch)

    def watch(job: ActionJob) -> None:
        if job.state is JobState.DONE:
            owner.screen.notices.say(
                job.words or job.result.get("words") or _("{action}: done.").format(action=action.title), Tone.GOOD
            )
            done()
            if job.result.get("missing_keys"):
                owner.screen.navigator.push(EnterRecoveryKey(rooms))
        elif job.state.over:
            owner.screen.notices.say(job.words or _("{action}: failed.").format(action=action.title), Tone.BAD)
        else:
            owner.screen.after(LOOK_S, lambda: owner.work(lambda: rooms.api.action_job(job.id), watch))

    def ask() -> None:
        if action.parameters.get("properties"):
            owner.screen.navigator.push(Parameters(action, around, run))
        else:
            run({})

    if action.confirm:
        owner.screen.navigator.push(Question(action.title, action.confirm, _("Do it"), ask, danger=True))
    else:
        ask()
