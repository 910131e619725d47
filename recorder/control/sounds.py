"""What the recorder says aloud: the voices that it keeps, files that one is made of, announcements by plan."""

from collections.abc import Callable, Sequence

from recorder.client.answers.disks import StickStatus
from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.control.announcements import Announcements
from recorder.control.hardware import Hardware
from recorder.control.sound_files import SoundFiles
from recorder.control.voices import Voices
from recorder.settings.settings import Settings
from recorder.sockets.running import Work


class Sounds:
    """One recorder's."""

    def __init__(
        self,
        instance: Instance,
        settings: Settings,
        hardware: Hardware,
        clock: Clock,
        sticks: Callable[[], Sequence[StickStatus]],
    ) -> None:
        self.voices = Voices(instance, settings, hardware, clock)
        self.files = SoundFiles(instance, sticks)
        self._announcements = Announcements(settings, self.voices, clock)

    def running(self) -> tuple[Work, ...]:
        """Give what runs for as long as control does."""
        return (self._announcements.run,)
