"""What owners noted on recorded time, locks and tags, and where the footage is sparse on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass

from recorder.client.answers import Hold, HoldKind, Span, Tag
from recorder.client.api import ApiClient


@dataclass(frozen=True)
class Notes:
    """Of some channels in a stretch of time, oldest first."""

    holds: tuple[Hold, ...] = ()
    tags: tuple[Tag, ...] = ()

    def lane(self, channel: int, spans: Sequence[Span] = ()) -> "LaneNotes":
        """Give what the timeline draws for a channel."""
        return LaneNotes(
            tuple((one.start_us, one.end_us) for one in self.holds if one.channel == channel),
            tuple((one.start_us, one.end_us) for one in self.tags if one.channel == channel),
            tuple((one.start_us, one.end_us) for one in spans if one.frames != "all"),
        )

    def holds_at(self, channels: Sequence[int], at_us: int) -> list[Hold]:
        """Name the locks on a moment of some channels."""
        return [one for one in self.holds if one.channel in channels and one.start_us <= at_us < one.end_us]


@dataclass(frozen=True)
class LaneNotes:
    """Stretches of one lane: locked, tagged, and with key pictures alone. Times are UTC in µs."""

    locked: tuple[tuple[int, int], ...] = ()
    tagged: tuple[tuple[int, int], ...] = ()
    sparse: tuple[tuple[int, int], ...] = ()


NO_NOTES = Notes()


def fetch_notes(api: ApiClient, channels: Sequence[int], start_us: int, end_us: int) -> Notes:
    """Ask for locks and tags; waits. What an export under way holds for a moment is nobody's lock."""
    if not channels:
        return Notes()
    holds = [one for one in api.holds(channels, start_us, end_us) if one.kind is not HoldKind.EXPORT]
    return Notes(tuple(holds), tuple(api.tags(channels, start_us, end_us)))
