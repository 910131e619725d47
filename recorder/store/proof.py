"""What was proven of a disk, and the words for it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.store.block import ChunkEntry
from recorder.store.layout import STREAM_NAMES

_MERGED_US = 3 * SECOND_US
"""Findings of one stream that lie no further apart are told as one."""


@dataclass(frozen=True)
class Selection:
    """What is to be proven: a channel and a time [from_us, to_us) (UTC as recorded), or all."""

    channel: int | None = None
    from_us: int | None = None
    to_us: int | None = None

    def takes(self, entry: ChunkEntry) -> bool:
        """Whether a chunk is of it."""
        return (
            (self.channel is None or entry.channel == self.channel)
            and (self.from_us is None or entry.last_us >= self.from_us)
            and (self.to_us is None or entry.first_us < self.to_us)
        )


ALL = Selection()


@dataclass(frozen=True)
class Stretch:
    """Footage of a stream of which the same is to be said."""

    channel: int
    stream: int
    first_us: int
    last_us: int
    block: int


@dataclass
class Proof:
    """What was proven of a disk. Lists are in words."""

    disk: str
    id: str
    whole_blocks: int = 0
    """Sealed blocks of which everything that was asked for is whole and signed."""
    whole_samples: int = 0
    whole_bytes: int = 0
    signed_until_us: int | None = None
    signed_by: list[str] = field(default_factory=list[str])
    """Fingerprints of the keys."""
    altered: list[str] = field(default_factory=list[str])
    """It is not what was signed."""
    missing: list[str] = field(default_factory=list[str])
    """It was signed, and is not here, or no longer readable."""
    unsigned: list[str] = field(default_factory=list[str])
    """Nothing vouches for it."""
    waiting: list[str] = field(default_factory=list[str])
    """Too new to be signed: still being written, or sealed within the last hour."""
    locked: list[str] = field(default_factory=list[str])
    """Encrypted, and the key is not here: roots and signatures are right, samples cannot be compared."""
    notes: list[str] = field(default_factory=list[str])

    @property
    def faults(self) -> int:
        """How much is not as it should be."""
        return len(self.altered) + len(self.missing)


def in_words(stretches: list[Stretch], words: str) -> list[str]:
    """Tell stretches, those that follow each other as one."""
    merged: list[Stretch] = []
    for one in sorted(stretches, key=lambda it: (it.channel, it.stream, it.block, it.first_us)):
        last = merged[-1] if merged else None
        same = last is not None and (last.channel, last.stream, last.block) == (one.channel, one.stream, one.block)
        if last is not None and same and one.first_us - last.last_us <= _MERGED_US:
            merged[-1] = Stretch(one.channel, one.stream, last.first_us, max(last.last_us, one.last_us), one.block)
        else:
            merged.append(one)
    told: list[str] = []
    for one in merged:
        what = _("Channel {channel} {stream}, {first} to {last},").format(
            channel=one.channel,
            stream=STREAM_NAMES.get(one.stream, one.stream),
            first=moment(one.first_us),
            last=moment(one.last_us),
        )
        told.append(words.format(what=what, block=one.block))
    return told


def moment(at_us: int) -> str:
    """Give a time for people, or its figure where there is no such time."""
    try:
        return datetime.fromtimestamp(at_us / SECOND_US, UTC).astimezone().isoformat(sep=" ", timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return str(at_us)
