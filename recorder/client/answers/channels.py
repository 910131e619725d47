"""Channels as they are set up."""

from dataclasses import dataclass

from recorder.client.status import StreamStatus
from recorder.client.stream import StreamName


@dataclass(frozen=True)
class Channel:
    """One channel as it is set up, and its streams as media sees them. Addresses carry no password."""

    number: int
    name: str
    enabled: bool
    url: str
    sub_url: str
    user: str
    password_set: bool
    transport: str
    wall_stream: StreamName
    mode: str
    """How it records: `auto`, `manual` or `off`."""
    revision: int
    streams: tuple[StreamStatus, ...] = ()
    may: tuple[str, ...] = ()
    """What the caller may do with it: `live`, `playback`, `backup`, `ptz`, `audio`."""
