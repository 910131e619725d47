"""Alarm inputs of the recorder and of alarm boxes: contacts that somebody else closes (D-ALM-03, D-ALM-04)."""

from hal.client import DeviceEvent, DeviceState
from hal.client.kinds import AlarmInputState, InputRole
from recorder.client.words import _
from recorder.control.terminals import INPUT
from recorder.events.around import Around
from recorder.events.engine import Engine
from recorder.events.linkages.message import on_screen
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.settings.page import setting
from recorder.settings.pages.alarm_input import AlarmInput
from recorder.settings.scope import Scope


class InputAlarm(Rule, scope=Scope.LIST, order=200, title=_("Alarm at an input")):
    """What happens when a contact tells an alarm. Its name and how it rests are set on the page Alarm inputs."""

    message: bool = on_screen()

    disarms: bool = setting(
        False,
        title=_("It is a key switch"),
        hint=_("While it is active the recorder is disarmed, as the page Disarming says; it raises no alarm."),
    )

    @classmethod
    def is_item(cls, item: str) -> bool:
        """As the page Alarm inputs has it."""
        return AlarmInput.is_item(item)


class InputAlarms(Source):
    """Listens to the hardware: an edge is told in the moment it arrives."""

    rule = InputAlarm

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        around.hardware.follower.listen(self._heard)

    def items(self) -> dict[str, str]:
        """The inputs of the board and its boxes."""
        names = [one.name for one in self.around.hardware.follower.states(AlarmInputState)]
        return {name: f"{name}  {self.around.terminals.title(INPUT, name)}".rstrip() for name in names}

    def _heard(self, said: DeviceState | DeviceEvent, _before: DeviceState | None) -> None:
        if not isinstance(said, AlarmInputState) or not said.online:
            return
        if not said.active:
            self.engine.rules.active_inputs.discard(said.name)
            self.engine.end(InputAlarm, said.name)
            return
        self.engine.rules.active_inputs.add(said.name)
        page = self.engine.rules.get(InputAlarm, said.name)
        if isinstance(page, InputAlarm) and page.disarms:
            return
        if not self.engine.goes_on(InputAlarm, said.name):
            title = self.around.terminals.title(INPUT, said.name) or said.name
            words = _("Alarm input {name} is active.").format(name=title)
            if said.role is InputRole.TAMPER:
                words = _("The recorder's case was opened.")
            self.engine.begin(InputAlarm, said.name, words=words, detail={"input": said.name, "name": title})
