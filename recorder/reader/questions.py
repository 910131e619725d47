"""What a client may ask of recorded time, as messages."""

from datetime import date

import msgspec

from recorder.client.stream import StreamName


class Stretch(msgspec.Struct):
    """What is recorded of a stream, or missing, in [start_us, end_us)."""

    id: int
    channel: int
    start_us: int
    end_us: int
    stream: StreamName = StreamName.MAIN


class Month(msgspec.Struct):
    """The days of a month that have footage."""

    id: int
    channels: tuple[int, ...]
    year: int
    month: int
    zone: str
    stream: StreamName = StreamName.MAIN


class Disk(msgspec.Struct):
    """What concerns one disk."""

    id: int
    disk: str


class Days(msgspec.Struct):
    """How complete days are, from `first` on."""

    id: int
    channels: tuple[int, ...]
    first: date
    count: int
    zone: str
    stream: StreamName = StreamName.MAIN
    hours: bool = False


class Moment(msgspec.Struct):
    """The picture at a time."""

    id: int
    channel: int
    at_us: int


class Search(msgspec.Struct):
    """Where something moved in a region (`recorder.client.grid`) within [start_us, end_us)."""

    id: int
    channel: int
    start_us: int
    end_us: int
    region: str


class Notes(msgspec.Struct):
    """Holds or tags that touch [start_us, end_us) of some channels (None: all)."""

    id: int
    channels: tuple[int, ...] | None = None
    start_us: int = 0
    end_us: int = 1 << 62
    over: bool = False
    """Holds that were released or have expired, too."""
    text: str = ""
    """In the words of tags, or the reasons of holds."""
    note: str = ""
    """The id of the only one that is wanted."""


class Export(msgspec.Struct):
    """An export to files below `path` on this machine."""

    id: int
    channels: tuple[int, ...]
    start_us: int
    end_us: int
    path: str
    stream: StreamName = StreamName.MAIN
    grant: str = ""
    names: dict[int, str] = {}
    silent: tuple[int, ...] = ()
    exported_by: str = ""
    name: str = ""
    """What the job is to be called."""
    fetched: bool = False


class Recording(msgspec.Struct):
    """What is asked of recorded files: the days that have some, those that begin within [start_us, end_us)."""

    id: int
    channel: int
    start_us: int = 0
    end_us: int = 1 << 62
    stream: StreamName = StreamName.MAIN
    grant: str = ""
