"""Where a settings page belongs: what it is kept for, in which menu it stands, who may change it."""

from enum import StrEnum


class Scope(StrEnum):
    """What one document of a page is kept for."""

    SYSTEM = "system"
    """One for the recorder."""
    CHANNEL = "channel"
    """One for each channel; its item is the channel's number."""
    LIST = "list"
    """Any number, each with an item name of its own."""


class Area(StrEnum):
    """The menu that a page stands in."""

    SYSTEM = "system"
    CAMERA = "camera"
    STORAGE = "storage"
    NETWORK = "network"
    EVENT = "event"
    ACCOUNT = "account"


class Permission(StrEnum):
    """What an account may be allowed to do. Seeing is per channel, changing is per area."""

    LIVE = "live"
    PLAYBACK = "playback"
    BACKUP = "backup"
    PTZ = "ptz"
    """Turning cameras."""
    AUDIO = "audio"
    """Hearing the sound of live and recorded pictures."""
    ALARM = "alarm"
    """Seeing alarm inputs, and switching outputs."""
    CAMERA = "camera"
    STORAGE = "storage"
    SYSTEM = "system"
    ACCOUNT = "account"
    LOG = "log"
    """Reading the audit."""
    POWER = "power"
    """Shutting the recorder down, and restarting it (D-ACC-03.2, D-PWR-01)."""


PER_CHANNEL = (Permission.LIVE, Permission.PLAYBACK, Permission.BACKUP, Permission.PTZ, Permission.AUDIO)
"""These are given for channels; all others once for the recorder."""


class Capability(StrEnum):
    """What a board or camera can do; a setting that needs one is hidden where it is missing."""

    REDUNDANT_POOL = "redundant_pool"
    SETS_CLOCK = "sets_clock"
