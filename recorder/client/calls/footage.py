"""Recorded time: footage, holes, motion, how complete it is, pictures."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from recorder.client import answers
from recorder.client.calls.carrier import Carrier
from recorder.client.detection import ChannelSeen, SoundSeen
from recorder.client.stream import StreamName


class FootageCalls(Carrier):
    """Asks for recorded time."""

    def spans(
        self, channel: int, start_us: int, end_us: int, stream: StreamName = StreamName.MAIN
    ) -> list[answers.Span]:
        """Stretches of footage between two times, cut by record type, oldest first."""
        query = {"start": start_us, "end": end_us, "stream": stream.value}
        return self._get(list[answers.Span], f"/channels/{channel}/spans", query)

    def gaps(self, channel: int, start_us: int, end_us: int, stream: StreamName = StreamName.MAIN) -> list[answers.Gap]:
        """Holes in what was due between two times, each with its reason."""
        query = {"start": start_us, "end": end_us, "stream": stream.value}
        return self._get(list[answers.Gap], f"/channels/{channel}/gaps", query)

    def motion(self, channel: int, start_us: int, end_us: int, region: str = "") -> answers.MotionFound:
        """When something moved between two times in a region (`recorder.client.grid`; "" for all), and who looked."""
        query = {"start": start_us, "end": end_us, "region": region}
        return self._get(answers.MotionFound, f"/channels/{channel}/motion", query)

    def detection(self) -> list[ChannelSeen]:
        """What is seen on every channel now; empty while detection does not run."""
        return self._get(list[ChannelSeen], "/detection")

    def sound(self, channel: int) -> SoundSeen:
        """How loud a channel is now; it goes on being listened to for ten seconds."""
        return self._get(SoundSeen, f"/channels/{channel}/sound")

    def completeness(
        self,
        channels: Sequence[int],
        first: date,
        count: int = 1,
        *,
        stream: StreamName = StreamName.MAIN,
        hours: bool = False,
    ) -> list[answers.Day]:
        """How complete days of the recorder's zone are, by channel and day; with their hours where wanted."""
        query = {
            "channels": ",".join(map(str, channels)),
            "first": first.isoformat(),
            "count": count,
            "stream": stream.value,
            "hours": str(hours).lower(),
        }
        return self._get(list[answers.Day], "/completeness", query)

    def days(self, channels: Sequence[int], year: int, month: int) -> dict[int, list[int]]:
        """Days of a month, in the recorder's zone, on which each channel has footage."""
        query = {"channels": ",".join(map(str, channels)), "year": year, "month": month}
        return self._get(dict[int, list[int]], "/days", query)

    def snapshot(
        self, channel: int, at_us: int | None = None, stream: StreamName = StreamName.MAIN, width: int = 0
    ) -> bytes:
        """One picture as JPEG: live, or at a recorded time; `width` 0 is the stream's own."""
        query: dict[str, Any] = {"stream": stream.value, "width": width}
        if at_us is not None:
            query["at"] = at_us
        return self._call("GET", f"/channels/{channel}/snapshot", query=query)

    def pictures(self, channel: int, start_us: int, end_us: int) -> list[answers.Picture]:
        """The recorded pictures of a channel between two times, oldest first."""
        query = {"start": start_us, "end": end_us}
        return self._get(list[answers.Picture], f"/channels/{channel}/pictures", query)

    def picture(self, channel: int, at_us: int) -> bytes:
        """The newest recorded picture at or before a time, a JPEG file."""
        return self._call("GET", f"/channels/{channel}/pictures/{at_us}")

    def take_picture(self, channel: int, at_us: int | None = None, directory: Path | None = None) -> answers.Picture:
        """Take a picture of now, or of recorded time, and record it; with a directory a file is saved there too."""
        wanted = {"at": at_us, "directory": None if directory is None else str(directory)}
        return self._send(answers.Picture, "POST", f"/channels/{channel}/pictures", wanted)
