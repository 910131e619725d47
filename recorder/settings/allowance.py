"""The fields by which a group or a user is allowed things: areas, and channels for each thing done with channels.

`all` in place of a list takes in what is added later.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, Field

from recorder.client.words import _
from recorder.settings.errors import NotAllowed
from recorder.settings.page import setting
from recorder.settings.rights import AREAS, EVERY, MOST_CHANNELS, Rights
from recorder.settings.scope import PER_CHANNEL, Permission

ALL = "all"
TITLES = {
    Permission.LIVE: _("Watch live"),
    Permission.PLAYBACK: _("Watch recordings"),
    Permission.BACKUP: _("Export and lock"),
    Permission.PTZ: _("Turn cameras"),
    Permission.AUDIO: _("Hear sound"),
    Permission.ALARM: _("Alarm inputs and outputs"),
    Permission.CAMERA: _("Set up cameras"),
    Permission.STORAGE: _("Set up recording and disks"),
    Permission.SYSTEM: _("Set up the recorder"),
    Permission.ACCOUNT: _("Users and groups"),
    Permission.LOG: _("Read the audit"),
    Permission.POWER: _("Shut down and restart"),
}


def _is_area(permission: Permission) -> Permission:
    if permission in PER_CHANNEL:
        raise NotAllowed(_("This is allowed by the camera."), ", ".join(one.value for one in AREAS))
    return permission


AreaSet: TypeAlias = (
    Literal["all"]
    | Annotated[tuple[Annotated[Permission, AfterValidator(_is_area)], ...], Field(max_length=len(AREAS))]
)
ChannelSet: TypeAlias = (
    Literal["all"]
    | Annotated[tuple[Annotated[int, Field(ge=1, le=MOST_CHANNELS)], ...], Field(max_length=MOST_CHANNELS)]
)


def areas(default: Any) -> Any:
    """Declare which areas are allowed."""
    titles = {one.value: TITLES[one] for one in AREAS}
    return setting(default, title=_("May do and set up"), widget="set", choices=titles, group=_("The recorder"))


def channels(permission: Permission, default: Any) -> Any:
    """Declare on which channels something is allowed."""
    return setting(default, title=TITLES[permission], widget="channel-set", group=_("Cameras"))


def with_power(values: dict[str, Any], version: int) -> dict[str, Any]:
    """Give stored values of version 1, which knew no right to shut down, as those of version 2.

    Who sets the recorder up has it: an administrator whose areas are listed one by one stays one.
    """
    allowed = values.get("allowed")
    if version > 1 or not isinstance(allowed, list) or Permission.SYSTEM.value not in allowed:
        return values
    return {**values, "allowed": [*allowed, Permission.POWER.value]}


class Allowance(BaseModel):
    """What a page with `allowed` and a field for each of `PER_CHANNEL` allows."""

    @property
    def rights(self) -> Rights:
        """What is allowed here."""
        allowed: str | tuple[Permission, ...] = getattr(self, "allowed", ())
        given = {one: getattr(self, one.value, ()) for one in PER_CHANNEL}
        return Rights(
            frozenset(AREAS) if isinstance(allowed, str) else frozenset(allowed),
            {one: EVERY if isinstance(some, str) else frozenset(some) for one, some in given.items()},
        )
