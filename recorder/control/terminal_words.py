"""How inputs and outputs are, in words: one wording for screen, browser and command line."""

from hal.client.kinds import AlarmInputState, InputFault, InputRole, RelayRole, RelayState
from recorder.client.tone import Tone
from recorder.client.words import _
from recorder.settings.pages.alarm_output import AlarmOutput, Mode


def input_words(now: AlarmInputState) -> tuple[str, Tone]:
    """Say how an input is."""
    if not now.online:
        return _("Does not work: {reason}").format(reason=now.reason), Tone.BAD
    tamper = now.role is InputRole.TAMPER
    if InputFault.STUCK in now.faults:
        return _("Active without a pause: look at contact and cable"), Tone.WARNING
    if now.active:
        return (_("The case is open") if tamper else _("Alarm")), Tone.ALARM
    words = _("The case is closed") if tamper else _("At rest")
    return words + (f" · {_('closed at rest')}" if now.normally_closed else ""), Tone.GOOD


def output_words(now: RelayState, page: AlarmOutput) -> tuple[str, Tone]:
    """Say how an output is, and who switches it where people do not."""
    if not now.online:
        return _("Does not work: {reason}").format(reason=now.reason), Tone.BAD
    kind = _("Contact, closed at rest") if now.normally_closed else ""
    if now.role is RelayRole.SWITCHED_12V:
        kind = _("12 V")
    words = _("Off") if page.mode is not Mode.OFF else _("Never on")
    if now.closed:
        words = _("On, goes off by itself") if now.timed else _("On")
        words = _("Always on") if page.mode is Mode.MANUAL else words
    return " · ".join(part for part in (words, kind) if part), Tone.ON if now.closed else Tone.FAINT


def warning(now: RelayState) -> str:
    """What to tell before it is switched on; empty where nothing can happen to anybody."""
    if now.role is RelayRole.SWITCHED_12V:
        return _("It gives 12 V to what hangs there: a siren, a lamp, a lock.")
    if now.normally_closed:
        return _("It is closed at rest; switched on it parts what it holds, such as a door's lock.")
    return ""
