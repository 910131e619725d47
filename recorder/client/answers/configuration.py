"""The configuration as a whole: how far a reset goes, and what was seen of files and backups."""

from enum import StrEnum


class Extent(StrEnum):
    """How much a factory reset takes away. Recordings stay, whichever it is."""

    SETTINGS = "settings"
    """All settings but users and network."""
    USERS = "users"
    """All settings and users: the recorder is set up anew."""
    EVERYTHING = "everything"
    """All that is no recording: keys, events, the log, exports that lie here, too."""
