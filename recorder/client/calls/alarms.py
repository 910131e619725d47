"""What people do with alarms, and of what they want to be told."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from recorder.client import answers
from recorder.client.calls.carrier import Carrier
from recorder.client.happened import AlarmState, Happened, Receiving


class AlarmCalls(Carrier):
    """Sees to alarms."""

    def acknowledge(self, event: int, *, whole_group: bool = False) -> Happened:
        """Say that one has seen an alarm."""
        return self._send(Happened, "POST", f"/alarms/{event}/acknowledge", {"whole_group": whole_group})

    def handle(
        self, event: int, *, state: AlarmState | None = None, pinned: bool | None = None, whole_group: bool = False
    ) -> Happened:
        """Give an alarm another state, or pin an event."""
        asked = {"state": state, "pinned": pinned, "whole_group": whole_group}
        return self._send(Happened, "PATCH", f"/alarms/{event}", asked)

    def comment(self, event: int, words: str) -> Happened:
        """Write to an event."""
        return self._send(Happened, "POST", f"/alarms/{event}/comments", {"words": words})

    def mute(self, event: int, minutes: int) -> Receiving:
        """Hear nothing of an event's rule and camera for so long; 0: hear of it again."""
        return self._send(Receiving, "POST", f"/alarms/{event}/mute", {"minutes": minutes})

    def clip(
        self, event: int, *, pre_s: int = 10, post_s: int = 10, directory: Path | None = None
    ) -> answers.ExportJob:
        """Begin an export of an event's footage."""
        place = None if directory is None else str(directory)
        asked = {"pre_s": pre_s, "post_s": post_s, "directory": place}
        return self._send(answers.ExportJob, "POST", f"/alarms/{event}/clip", asked)

    def receiving(self) -> Receiving:
        """Of what one wants to be told."""
        return self._get(Receiving, "/alarms/receiving")

    def wish(
        self, sources: Sequence[str] | None = None, channels: Sequence[int] | None = None, off_minutes: int | None = 0
    ) -> Receiving:
        """Say of what one wants to be told; None is everything, and of `off_minutes`: as it is."""
        asked = {"sources": sources, "channels": channels, "off_minutes": off_minutes}
        return self._send(Receiving, "PUT", "/alarms/receiving", asked)

    def sound_again(self, source: str, item: str) -> Receiving:
        """Hear again of what one muted."""
        return self._send(Receiving, "DELETE", f"/alarms/receiving/mutes?{urlencode({'source': source, 'item': item})}")
