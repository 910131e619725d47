"""Groups of users: nobody in a group may do more than the group (D-ACC-01, D-ACC-02, V-USR-06)."""

import re
from collections.abc import Mapping
from typing import Any

from recorder.client.words import _
from recorder.settings.allowance import ALL, Allowance, AreaSet, ChannelSet, areas, channels, with_power
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable

ADMINISTRATORS = "admin"
USERS = "user"
STANDING = {ADMINISTRATORS: _("Administrators"), USERS: _("Users")}
ALLOWED = ("allowed", "live", "playback", "backup", "ptz", "audio")
NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,31}", re.ASCII)
"""Names of groups and users: such as look alike to people are the same to us."""


class UserGroup(
    Allowance,
    Page,
    scope=Scope.LIST,
    area=Area.ACCOUNT,
    permission=Permission.ACCOUNT,
    order=410,
    version=2,
    removable=True,
    title=_("Groups"),
):
    """What the users of a group may do at most. A new group may nothing."""

    title: Printable = setting(shortest=1, longest=63, title=_("Name"))
    remarks: Printable = setting("", longest=200, title=_("Remarks"))
    allowed: AreaSet = areas(())
    live: ChannelSet = channels(Permission.LIVE, ())
    playback: ChannelSet = channels(Permission.PLAYBACK, ())
    backup: ChannelSet = channels(Permission.BACKUP, ())
    ptz: ChannelSet = channels(Permission.PTZ, ())
    audio: ChannelSet = channels(Permission.AUDIO, ())

    @classmethod
    def upgrade(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        """Version 2 has a right to shut down."""
        return with_power(values, version)

    @classmethod
    def standing_items(cls) -> Mapping[str, str]:
        """Two groups are always there."""
        return STANDING

    @classmethod
    def standing_values(cls, item: str) -> Mapping[str, Any]:
        """Administrators may everything, users watch and hear."""
        match item:
            case "admin":
                return dict.fromkeys(ALLOWED, ALL) | {"title": STANDING[item]}
            case "user":
                return {"live": ALL, "playback": ALL, "ptz": ALL, "audio": ALL, "title": STANDING[item]}
            case _:
                return {}

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether a group can have this name."""
        return NAME.fullmatch(item) is not None

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """What it is called."""
        return values.title if isinstance(values, UserGroup) else known or item
