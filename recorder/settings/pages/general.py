"""What the recorder is called and how its screen behaves (D-SYS-01, D-SYS-05, D-SYS-06)."""

from typing import Annotated, Any

from pydantic import Field

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable

# What version 1 asked for and nothing could follow: cameras are sent nothing, no output is analogue, words are English.
NOT_FOLLOWED = {"language", "video_standard"}


class General(
    Page,
    scope=Scope.SYSTEM,
    area=Area.SYSTEM,
    permission=Permission.SYSTEM,
    order=10,
    version=2,
    title=_("General"),
):
    """Recorder name and number, logout and instant playback."""

    recorder_name: Printable = setting("Nightjar", shortest=1, longest=63, title=_("Recorder name"))
    recorder_number: int = setting(
        8, ge=0, le=255, title=_("Recorder number"), hint=_("The infrared remote addresses the recorder by it.")
    )
    instant_playback_min: int = setting(5, ge=5, le=60, title=_("Instant playback"), unit="min")
    idle_logout_min: int = setting(
        10, ge=0, le=60, title=_("Log out when idle for"), unit="min", hint=_("0 never logs out.")
    )
    hidden_after_logout: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (),
        longest=128,
        title=_("Channels hidden after logout"),
        widget="channels",
        hint=_("All others stay visible on the local screen while nobody is logged in."),
    )

    @classmethod
    def upgrade(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        """Leave out what version 1 asked for in vain."""
        return {name: value for name, value in values.items() if version > 1 or name not in NOT_FOLLOWED}
