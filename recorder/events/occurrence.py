"""One event while it goes on: what its source said, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from recorder.client.happened import AlarmState, Happened

if TYPE_CHECKING:
    from recorder.events.rule import Rule

LONGEST_WORDS = 300
LONGEST_VALUE = 300
LONGEST_NAME = 64
MOST_DETAILS = 24


class Key(NamedTuple):
    """What can be so only once at a time: a source, the document of its page, and which part of it."""

    source: str
    item: str
    part: str


@dataclass
class Occurrence:
    """An event that began. Belongs to the event loop."""

    id: int
    rule: "type[Rule]"
    key: Key
    channel: int
    begin_us: int
    words: str
    detail: dict[str, Any]
    armed: bool
    count: int = 1
    end_us: int | None = None
    """When its source said that it is over; kept open until its anti-dither time has passed."""
    closed: bool = False
    why: str = ""
    picture_us: int | None = None
    window_us: int = 0
    """Monotonic: until then another trigger counts as this event."""
    state: AlarmState | None = None
    """As it began; what people make of it is in the list, and followed here while the event goes on."""
    pinned: bool = False
    group: int = 0
    listed: bool = True
    """Whether it is in the list, and told."""

    def row(self) -> Happened:
        """How the list shows it."""
        return Happened(
            id=self.id,
            source=self.key.source,
            title=self.rule.about.title,
            item=self.key.item,
            part=self.key.part,
            channel=self.channel,
            begin_us=self.begin_us,
            end_us=self.end_us if self.closed else None,
            why=self.why,
            words=self.words,
            count=self.count,
            armed=self.armed,
            picture_us=self.picture_us,
            detail=self.detail,
            state=self.state,
            pinned=self.pinned,
            group=self.group,
        )


def again(event: Happened, rule: "type[Rule]") -> Occurrence:
    """Give an event of the list as it was while it went on."""
    return Occurrence(
        id=event.id,
        rule=rule,
        key=Key(event.source, event.item, event.part),
        channel=event.channel,
        begin_us=event.begin_us,
        words=event.words,
        detail=event.detail,
        armed=event.armed,
        count=event.count,
        end_us=event.end_us,
        closed=event.end_us is not None,
        why=event.why,
        picture_us=event.picture_us,
        state=event.state,
        pinned=event.pinned,
        group=event.group,
    )


def chosen(channels: Sequence[int], occurrence: Occurrence) -> tuple[int, ...]:
    """The channels that were chosen; where none was, the one of the event, if it has one."""
    return tuple(channels) or ((occurrence.channel,) if occurrence.channel else ())


def pictured(page: object, occurrence: Occurrence) -> tuple[int, ...]:
    """The cameras whose pictures show an event: its own, else those that the page takes pictures of."""
    return chosen((), occurrence) or tuple(getattr(page, "snapshot_channels", ()))


def plain(text: str, longest: int = LONGEST_WORDS) -> str:
    """Give foreign text as one printable line of bounded length: what cameras and terminals say goes into mails."""
    kept = "".join(one if one.isprintable() else " " for one in text[: 2 * longest])
    return " ".join(kept.split())[:longest]


def plain_detail(detail: dict[str, Any]) -> dict[str, Any]:
    """Give details as flat JSON of bounded size; what is neither number, truth nor text becomes text."""
    found: dict[str, Any] = {}
    for name, value in list(detail.items())[:MOST_DETAILS]:
        kept = value if isinstance(value, bool | int | float) or value is None else plain(str(value), LONGEST_VALUE)
        found[plain(str(name), LONGEST_NAME)] = kept
    return found
