"""The sound of cameras: none where there should be some, too loud, suddenly louder or quieter (D-ALM-14, D-ALM-15)."""

from recorder.client.clock import SECOND_US
from recorder.client.detection import SoundSeen
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.engine import Engine, Found
from recorder.events.rule import Rule
from recorder.events.rules import Rules
from recorder.events.source import Source
from recorder.settings.page import setting
from recorder.settings.scope import Scope

LOWEST_DB = -96
LONGEST_S = 3600
LEVEL_HINT = _("In dB of full scale: 0 is as loud as can be, speech is at -40 to -20.")


def _level(default: int, title: str, group: str) -> int:
    return setting(
        default, ge=LOWEST_DB, le=0, title=title, unit="dB", widget="sound-level", group=group, hint=LEVEL_HINT
    )


class AudioException(Rule, scope=Scope.CHANNEL, order=230, title=_("Sound level")):
    """The microphone of a camera is dead or torn off, or somebody shouts."""

    enabled: bool = setting(False, title=_("Enabled"))
    silent: bool = setting(True, title=_("No sound"), group=_("No sound"))
    silent_db: int = _level(-75, _("Below"), _("No sound"))
    silent_s: int = setting(30, ge=1, le=LONGEST_S, title=_("For"), unit="s", group=_("No sound"))
    loud: bool = setting(True, title=_("Too loud"), group=_("Too loud"))
    loud_db: int = _level(-12, _("Above"), _("Too loud"))


class AudioChange(Rule, scope=Scope.CHANNEL, order=235, title=_("Sound change")):
    """It is suddenly much louder or quieter than in the half minute before."""

    enabled: bool = setting(False, title=_("Enabled"))
    rise: bool = setting(True, title=_("Louder"))
    fall: bool = setting(False, title=_("Quieter"))
    change_db: int = setting(
        20, ge=3, le=90, title=_("By"), unit="dB", widget="sound-change", hint=_("10 dB are heard as twice as loud.")
    )


def listened(rules: Rules, channel: int) -> bool:
    """Whether any rule wants the sound of a channel."""
    return any(rules.get(rule, str(channel)).enabled for rule in (AudioException, AudioChange))


class AudioExceptions(Source):
    """Listens to detect."""

    rule = AudioException

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._quiet_us: dict[int, int] = {}
        """Since when channels have been silent, monotonic."""
        around.detect.listen(self.look)

    def look(self) -> None:
        """Tell what is so now."""
        found: dict[tuple[str, str], Found] = {}
        now_us, quiet = self.around.clock.monotonic_us(), dict[int, int]()
        for channel, seen in (self.around.detect.seen or {}).items():
            page = self.engine.rules.get(AudioException, str(channel))
            assert isinstance(page, AudioException)
            sound = seen.sound
            # Without pictures the camera is gone, which others tell.
            if not page.enabled or sound is None or sound.waiting or not seen.looking:
                continue
            if page.silent and (not sound.there or sound.level_db < page.silent_db):
                quiet[channel] = self._quiet_us.get(channel, now_us)
                if now_us - quiet[channel] >= page.silent_s * SECOND_US:
                    words = _("{name} gives no sound.").format(name=_name(self.around, channel))
                    found[str(channel), "silent"] = Found(words, channel, _detail(sound))
            if page.loud and sound.there and sound.peak_db > page.loud_db:
                words = _("It is loud at {name}: {level:.0f} dB.")
                words = words.format(name=_name(self.around, channel), level=sound.peak_db)
                found[str(channel), "loud"] = Found(words, channel, _detail(sound))
        self._quiet_us = quiet
        self.engine.now(AudioException, found)


class AudioChanges(Source):
    """Listens to detect."""

    rule = AudioChange

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        around.detect.listen(self.look)

    def look(self) -> None:
        """Tell what is so now."""
        found: dict[tuple[str, str], Found] = {}
        for channel, seen in (self.around.detect.seen or {}).items():
            page, sound = self.engine.rules.get(AudioChange, str(channel)), seen.sound
            assert isinstance(page, AudioChange)
            if not page.enabled or sound is None or not sound.there or sound.usual_db is None:
                continue
            name = _name(self.around, channel)
            if page.rise and sound.peak_db - sound.usual_db >= page.change_db:
                words = _("It is suddenly louder at {name}: {level:.0f} dB instead of {usual:.0f}.")
                words = words.format(name=name, level=sound.peak_db, usual=sound.usual_db)
                found[str(channel), "rise"] = Found(words, channel, _detail(sound))
            if page.fall and sound.usual_db - sound.level_db >= page.change_db:
                words = _("It is suddenly quieter at {name}: {level:.0f} dB instead of {usual:.0f}.")
                words = words.format(name=name, level=sound.level_db, usual=sound.usual_db)
                found[str(channel), "fall"] = Found(words, channel, _detail(sound))
        self.engine.now(AudioChange, found)


def _detail(sound: SoundSeen) -> dict[str, float | None]:
    return {"level_db": sound.level_db, "peak_db": sound.peak_db, "usual_db": sound.usual_db}


def _name(around: Around, channel: int) -> str:
    found = around.plan().channel(channel)
    return found.name if found else _("Camera {number}").format(number=channel)
