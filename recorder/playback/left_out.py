"""What was recorded and did not come into the files of an export, in words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.store.intervals import Interval, joined, without

TOLD_US = 3 * SECOND_US
"""A hole in what was read that is no longer than this is not told, nor one of a few pictures."""
_STEPS = 3
_MOST_TOLD = 4


class LeftOut:
    """Gathers it while an export runs. `names` are those of the channels."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._unheard: dict[str, None] = {}
        self._empty: list[str] = []
        self._unread: list[str] = []
        self._holes: list[str] = []
        self._sentences: dict[str, None] = {}

    def unheard(self, channel: int) -> None:
        """The sound of a channel is left out: who wanted the export may not hear it."""
        self._unheard[self._called(channel)] = None

    def say(self, sentence: str) -> None:
        """Say this once."""
        self._sentences[sentence] = None

    def unfit(self, channel: int, words: str) -> None:
        """Some of a channel has no place in a file, for a reason that `words` tell."""
        self.say(f"{self._called(channel)}: {words}")

    def nothing(self, channel: int, *, recorded: bool) -> None:
        """There is no file of a channel: nothing is `recorded`, or nobody can read it."""
        (self._unread if recorded else self._empty).append(self._called(channel))

    def compare(self, channel: int, recorded: Sequence[Interval], written: Sequence[Interval], step_us: int) -> None:
        """Find what of a channel is recorded and not written; `step_us` is from one of its pictures to the next."""
        near_us = max(TOLD_US, _STEPS * step_us)
        holes = [one for one in without(joined(recorded), joined(written)) if one[1] - one[0] > near_us]
        words = _("What is recorded of {channel} from {begin} to {end} is not in the files: it cannot be read.")
        self._holes += [
            words.format(channel=self._called(channel), begin=_shown(begin), end=_shown(end)) for begin, end in holes
        ]

    @property
    def words(self) -> str:
        """All of it, in sentences."""
        found: list[str] = []
        for channels, words in (
            (self._empty, _("Nothing is recorded of {channels} in this time.")),
            (self._unread, _("What is recorded of {channels} cannot be read now: see the page Disks.")),
            (list(self._unheard), _("The sound of {channels} is left out: you may not hear it.")),
        ):
            found += [words.format(channels=", ".join(channels))] if channels else []
        found += self._holes[:_MOST_TOLD]
        if len(self._holes) > _MOST_TOLD:
            found.append(_("So are {count} more stretches.").format(count=len(self._holes) - _MOST_TOLD))
        return " ".join([*found, *self._sentences])

    def _called(self, channel: int) -> str:
        return self._names.get(channel) or _("channel {number}").format(number=channel)


def _shown(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us // SECOND_US, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
