"""Why there is no picture, or no recording: one table of sentences, each with one thing to do about it.

A cause says what is wrong, since when, what the recorder does about it, and names exactly one action. Tiles, the sheet
of an empty wall and the playback page all read from here, and a test walks through every state there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum

from gui.wall.moments import since
from recorder.client.camera_clock import camera_clock_words
from recorder.client.clock import SECOND_US
from recorder.client.status import DiskState, DiskStatus, StreamState, StreamStatus
from recorder.client.words import _


class Action(StrEnum):
    """What an owner can do about a cause; the page that shows it opens the right place."""

    ENTER_PASSWORD = "enter_password"  # noqa: S105
    EDIT_ADDRESS = "edit_address"
    CHANNEL_SETTINGS = "channel_settings"
    STORAGE_SETTINGS = "storage_settings"
    ACCEPT_CERTIFICATE = "accept_certificate"
    TRY_NOW = "try_now"
    HEALTH = "health"
    HELP = "help"


LABELS: dict[Action, str] = {
    Action.ENTER_PASSWORD: _("Enter password"),
    Action.EDIT_ADDRESS: _("Edit address"),
    Action.CHANNEL_SETTINGS: _("Channel settings"),
    Action.STORAGE_SETTINGS: _("Storage"),
    Action.ACCEPT_CERTIFICATE: _("Accept"),
    Action.TRY_NOW: _("Try now"),
    Action.HEALTH: _("Is all well?"),
    Action.HELP: _("Help"),
}


class Trouble(StrEnum):
    """What can be wrong beside the connection of a stream (`StreamState`) and a disk (`DiskState`)."""

    NO_PICTURE_YET = "no_picture_yet"
    """Samples arrive, nothing is decoded yet: up to one GOP after a start."""
    FROZEN = "frozen"
    """There was a picture, and no new one follows though samples arrive."""
    UNDECODABLE = "undecodable"
    MEDIA_LOST = "media_lost"
    DECODE_LOST = "decode_lost"
    CONTROL_LOST = "control_lost"
    NO_DISK = "no_disk"
    UNRECORDED = "unrecorded"
    """Cameras are to be recorded, and not one is."""
    CAMERA_CLOCK = "camera_clock"
    """The camera's own clock is wrong; the picture is there, and this is told quietly beside it."""


Kind = StreamState | DiskState | Trouble


@dataclass(frozen=True)
class Row:
    """A line of the table. `{since}`, `{tries}`, `{codec}`, `{disk}`, `{off}` in the words are filled in.

    `doing` is said when no next try is known, `waiting` when one is, with `{when}` such as "in 12 s".
    `help` is what the Help action shows; rows with another action have none.
    """

    short: str
    words: str
    doing: str
    action: Action
    waiting: str = ""
    help: str = ""


@dataclass(frozen=True)
class Cause:
    """What is said of one tile or disk now."""

    kind: Kind
    short: str
    """A few words, for a tile too small for more."""
    words: str
    doing: str
    action: Action
    help: str = ""

    @property
    def label(self) -> str:
        """The words on the button."""
        return LABELS[self.action]


_AGAIN = _("Trying again {when}.")

TABLE: dict[Kind, Row] = {
    StreamState.OFF: Row(
        _("Off"),
        _("Channel off{since}."),
        _("Nothing is shown or recorded."),
        Action.CHANNEL_SETTINGS,
    ),
    StreamState.CONNECTING: Row(
        _("Connecting"),
        _("Connecting to the camera{since}."),
        _("Waiting for its answer."),
        Action.EDIT_ADDRESS,
        waiting=_AGAIN,
    ),
    StreamState.PLAYING: Row(
        _("Waiting for a picture"),
        _("Waiting for a picture{since}."),
        _("Video arrives; it shows at the next key frame."),
        Action.TRY_NOW,
    ),
    StreamState.STALLED: Row(
        _("No video"),
        _("No video from the camera{since}."),
        _("The connection stands; it is renewed if nothing comes."),
        Action.TRY_NOW,
        waiting=_AGAIN,
    ),
    StreamState.UNREACHABLE: Row(
        _("No answer"),
        _("No answer from the camera{since}."),
        _("Trying again."),
        Action.TRY_NOW,
        waiting=_AGAIN,
    ),
    StreamState.WRONG_PASSWORD: Row(
        _("Wrong password"),
        _("Wrong password{since}."),
        _("Stopped after {tries} so that the camera does not lock."),
        Action.ENTER_PASSWORD,
        waiting=_AGAIN,
    ),
    StreamState.NOT_FOUND: Row(
        _("No such stream"),
        _("No stream at this address{since}."),
        _("Trying again."),
        Action.EDIT_ADDRESS,
        waiting=_AGAIN,
    ),
    StreamState.UNSUPPORTED: Row(
        _("Unknown video format"),
        _("No video that can be recorded{since}."),
        _("Trying again."),
        Action.HELP,
        waiting=_AGAIN,
        help=_(
            "This recorder takes H.264, H.265, MJPEG and MPEG-4 video. Open the camera's own settings, set its video "
            "compression to one of these, and the picture comes back by itself."
        ),
    ),
    StreamState.CERTIFICATE_CHANGED: Row(
        _("Another certificate"),
        _("The camera shows another certificate than before{since}: it may be another device."),
        _("Nothing is sent to it. Accept it only if the camera was replaced or reset."),
        Action.ACCEPT_CERTIFICATE,
        waiting=_AGAIN,
    ),
    StreamState.FAULTY: Row(
        _("Faulty stream"),
        _("Faulty stream{since}: it cannot be understood."),
        _("Trying again."),
        Action.HELP,
        waiting=_AGAIN,
        help=_(
            "The camera breaks the rules of its protocol. Check that the address is an RTSP address of the camera, "
            "restart the camera, and bring its firmware up to date. The channel page shows what was wrong with the "
            "last answer."
        ),
    ),
    Trouble.NO_PICTURE_YET: Row(
        _("Waiting for a picture"),
        _("Waiting for a picture{since}."),
        _("Video arrives; it shows at the next key frame."),
        Action.TRY_NOW,
    ),
    Trouble.FROZEN: Row(
        _("Picture stands still"),
        _("No new picture{since}."),
        _("Video arrives and is recorded; the picture service has fallen behind."),
        Action.TRY_NOW,
    ),
    Trouble.UNDECODABLE: Row(
        _("Cannot be shown"),
        _("{codec} that cannot be shown here{since}."),
        _("It is recorded all the same and can be exported."),
        Action.HELP,
        help=_(
            "The video arrives and is recorded, but it cannot be decoded here. Set the sub stream of the camera to "
            "H.264 with 8 bits and progressive frames; the wall shows the sub stream."
        ),
    ),
    Trouble.MEDIA_LOST: Row(
        _("Recorder restarting"),
        _("Recording service down{since}."),
        _("It is being started again."),
        Action.HELP,
        help=_(
            "The service that receives and records the cameras has stopped. It is started again by itself within "
            "seconds and records at once. If this stays for more than a minute, restart the recorder."
        ),
    ),
    Trouble.DECODE_LOST: Row(
        _("Picture restarting"),
        _("Picture service down{since}."),
        _("Recording goes on. It is being started again."),
        Action.HELP,
        help=_(
            "The service that turns video into pictures has stopped; recording does not need it. It is started again "
            "by itself within seconds. If one camera makes it stop again and again, switch that channel off."
        ),
    ),
    Trouble.CONTROL_LOST: Row(
        _("Settings restarting"),
        _("Settings service down{since}."),
        _("Live video and recording go on. It is being started again."),
        Action.HELP,
        help=_(
            "Settings, users and events are not available for a moment. Live video and recording do not need them. "
            "The service is started again by itself within seconds."
        ),
    ),
    Trouble.NO_DISK: Row(
        _("No disk"),
        _("There is no disk to record on."),
        _("Nothing is recorded."),
        Action.STORAGE_SETTINGS,
    ),
    Trouble.UNRECORDED: Row(
        _("Not recording"),
        _("Nothing is recorded{since}."),
        _("Look at disks, network and power."),
        Action.HEALTH,
    ),
    Trouble.CAMERA_CLOCK: Row(
        _("Camera clock"),
        _("{off}."),
        _("Recordings go by the recorder's clock."),
        Action.HELP,
        help=_(
            "Recordings are found and exported at the recorder's time. Only what the camera writes into the picture by "
            "itself shows the wrong time. Open the camera's own settings and set its clock, best from a time server; "
            "this notice then goes by itself."
        ),
    ),
    DiskState.WRITABLE: Row(
        _("Disk works"),
        _("{disk}: recording."),
        _("The oldest recordings make room for new ones."),
        Action.STORAGE_SETTINGS,
    ),
    DiskState.FULL: Row(
        _("Disk full"),
        _("{disk}: full{since}."),
        _("Recording has stopped, as it is set. It goes on when there is room."),
        Action.STORAGE_SETTINGS,
    ),
    DiskState.SLOW: Row(
        _("Disk slow"),
        _("{disk}: does not answer in time{since}."),
        _("Other disks record in its place, if there are any. It is used again by itself when it answers."),
        Action.STORAGE_SETTINGS,
    ),
    DiskState.READ_ONLY: Row(
        _("Disk read-only"),
        _("{disk}: can only be read{since}."),
        _("Nothing is recorded on it. What it holds can be played."),
        Action.STORAGE_SETTINGS,
    ),
    DiskState.FAILED: Row(
        _("Disk failed"),
        _("{disk}: failed{since}."),
        _("Nothing is recorded on it. Save what you need, then replace it."),
        Action.STORAGE_SETTINGS,
    ),
    DiskState.MISSING: Row(
        _("Disk missing"),
        _("{disk}: missing{since}."),
        _("Nothing is recorded on it. Recording goes on when it is back."),
        Action.STORAGE_SETTINGS,
    ),
}
# Beyond this, "in 437 s" says less than the time of day.
_COUNTED_US = 90 * SECOND_US


def cause(
    kind: Kind,
    now_us: int,
    zone: tzinfo,
    *,
    since_us: int = 0,
    tries: int = 0,
    next_try_us: int | None = None,
    codec: str = "",
    disk: str = "",
    off: str = "",
) -> Cause:
    """Fill in the row of a state. Times are UTC in µs; `since_us` 0 is unknown and not mentioned."""
    row = TABLE[kind]
    fill = {
        "since": _(" since {moment}").format(moment=since(since_us, now_us, zone)) if since_us > 0 else "",
        "tries": _("{tries} tries").format(tries=tries) if tries > 1 else _("one try"),
        "codec": codec or _("video"),
        "disk": disk or _("The disk"),
        "off": off or _("Its own clock is wrong"),
    }
    doing = row.doing.format(**fill)
    if row.waiting and next_try_us is not None:
        left_us = next_try_us - now_us
        if left_us <= 0:
            when = _("now")
        elif left_us <= _COUNTED_US:
            when = _("in {seconds} s").format(seconds=-(-left_us // SECOND_US))
        else:
            when = _("at {moment}").format(moment=since(next_try_us, now_us, zone))
        doing = row.waiting.format(when=when)
    return Cause(kind, row.short, row.words.format(**fill), doing, row.action, row.help)


def of_stream(status: StreamStatus, now_us: int, zone: tzinfo, port: str = "") -> Cause:
    """Give the cause for a stream that shows no picture; `port` is what is seen of it at the recorder's own port."""
    told = cause(
        status.state,
        now_us,
        zone,
        since_us=status.since_us,
        tries=status.tries,
        next_try_us=status.next_try_us,
        codec=status.codec.upper(),
    )
    return replace(told, doing=f"{port}. {told.doing}") if port else told


def of_camera_clock(streams: Iterable[StreamStatus], now_us: int, zone: tzinfo) -> Cause | None:
    """Give the sentence for a camera whose own clock is wrong, by the first of its streams that tells it."""
    off = next((words for one in streams if (words := camera_clock_words(one.clock_off_us))), "")
    return cause(Trouble.CAMERA_CLOCK, now_us, zone, off=off) if off else None


def of_disk(status: DiskStatus, now_us: int, zone: tzinfo) -> Cause:
    """Give the sentence for a disk."""
    return cause(status.state, now_us, zone, since_us=status.since_us, disk=status.name)
