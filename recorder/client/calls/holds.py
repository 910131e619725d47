"""Locks and tags on recorded time."""

from collections.abc import Sequence
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier, which
from recorder.client.stream import StreamName


class HoldCalls(Carrier):
    """Locks footage, and tags it."""

    def holds(
        self,
        channels: Sequence[int] = (),
        start_us: int | None = None,
        end_us: int | None = None,
        *,
        over: bool = False,
    ) -> list[answers.Hold]:
        """Locks that touch a time, of some channels or all, oldest first; with `over` the ended ones, too."""
        return self._get(list[answers.Hold], "/holds", {**which(channels, start_us, end_us), "over": str(over).lower()})

    def add_hold(
        self,
        channel: int,
        start_us: int,
        end_us: int,
        reason: str,
        *,
        stream: StreamName | None = None,
        expires_us: int | None = None,
        kind: answers.HoldKind = answers.HoldKind.LOCK,
    ) -> answers.Hold:
        """Lock footage against being overwritten; without a stream all of the channel's."""
        wanted = {"channel": channel, "start": start_us, "end": end_us, "reason": reason, "kind": kind}
        return self._send(answers.Hold, "POST", "/holds", {**wanted, "stream": stream, "expires": expires_us})

    def change_hold(self, hold: str, expires_us: int | None) -> answers.Hold:
        """Let a lock expire at another time, None: never."""
        return self._send(answers.Hold, "PATCH", f"/holds/{quote(hold, safe='')}", {"expires": expires_us})

    def release_hold(self, hold: str, reason: str) -> answers.Hold:
        """End a lock."""
        return self._send(answers.Hold, "POST", f"/holds/{quote(hold, safe='')}/release", {"reason": reason})

    def tags(
        self, channels: Sequence[int] = (), start_us: int | None = None, end_us: int | None = None, *, text: str = ""
    ) -> list[answers.Tag]:
        """Tags that touch a time and have a text in their words, oldest first."""
        return self._get(list[answers.Tag], "/tags", {**which(channels, start_us, end_us), "text": text})

    def add_tag(
        self, channel: int, start_us: int, words: str, end_us: int | None = None, *, stream: StreamName | None = None
    ) -> answers.Tag:
        """Put a tag on a moment, or on a stretch where an end is given."""
        wanted = {"channel": channel, "start": start_us, "end": end_us, "words": words, "stream": stream}
        return self._send(answers.Tag, "POST", "/tags", wanted)

    def rename_tag(self, tag: str, words: str) -> answers.Tag:
        """Give a tag other words."""
        return self._send(answers.Tag, "PATCH", f"/tags/{quote(tag, safe='')}", {"words": words})

    def remove_tag(self, tag: str) -> None:
        """Remove a tag."""
        self._send(None, "DELETE", f"/tags/{quote(tag, safe='')}")
