"""What recorded time counts as, and why some of it is missing: the words of plan, store, reader and timeline."""

from enum import StrEnum


class RecordType(StrEnum):
    """What recorded time counts as (architecture §2); computed from marks when read."""

    GENERAL = "general"
    MOTION = "motion"
    ALARM = "alarm"
    MOTION_AND_ALARM = "motion&alarm"
    INTELLIGENT = "intelligent"
    POS = "pos"


class Frames(StrEnum):
    """Which pictures of a stretch there are."""

    ALL = "all"
    KEYS = "keys"
    """Key frames alone, as nothing happened (V-REC-07)."""
    THINNED = "thinned"
    """Key frames alone, as the footage grew old (P-POOL-05)."""


class GapReason(StrEnum):
    """Why a stretch that was due was not recorded (S7). Stored: names are added, never changed."""

    CAMERA_OFFLINE = "camera_offline"
    """The camera refused, was unreachable or sent nothing."""
    NETWORK_LOSS = "network_loss"
    """Packets were lost on the way, or the connection broke."""
    OVERLOAD = "overload"
    """The recorder could not keep up and shed on purpose (S9)."""
    DISK = "disk"
    """No disk could take it: full, read-only, failed or missing."""
    STOPPED = "stopped"
    """Recording was ended by somebody, or the recorder was shut down."""
    NO_POWER = "no_power"
    """The machine was off or restarted without a shutdown."""
    RESTARTED = "restarted"
    """The recording process died and came back."""
    CLOCK = "clock"
    """The clock was set forward: this time never was."""
    CONTROL_SILENT = "control_silent"
    """Events could not be told apart; recorded continuously instead, so this names a stretch that is not missing."""
    UNKNOWN = "unknown"
