"""What stretches of recorded time count as, from the marks on them (D-REC-02); nothing of it is stored in footage."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recorder.client.recording import RecordType

# Where marks overlap, the first of these counts; motion and alarm together are a type of their own (D-REC-02.1).
_PRECEDENCE = (
    RecordType.MOTION_AND_ALARM,
    RecordType.ALARM,
    RecordType.POS,
    RecordType.INTELLIGENT,
    RecordType.MOTION,
    RecordType.GENERAL,
)


class Marked(NamedTuple):
    """A mark as it lies on a stream: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    type: RecordType


class Stretch(NamedTuple):
    """A piece of time of one type: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    type: RecordType


def type_of(marks: Iterable[RecordType]) -> RecordType:
    """Give what a moment counts as on which these marks lie."""
    found = set(marks)
    if {RecordType.MOTION, RecordType.ALARM} <= found:
        return RecordType.MOTION_AND_ALARM
    return next((one for one in _PRECEDENCE if one in found), RecordType.GENERAL)


def cut(start_us: int, end_us: int, marks: Sequence[Marked]) -> list[Stretch]:
    """Cut [start_us, end_us) where its type changes; general where no mark lies."""
    within = [one for one in marks if one.start_us < end_us and one.end_us > start_us]
    changes: list[tuple[int, int, RecordType]] = []
    for one in within:
        changes += [(max(one.start_us, start_us), 1, one.type), (min(one.end_us, end_us), -1, one.type)]
    changes.sort(key=lambda change: change[0])
    lying: dict[RecordType, int] = {}
    found: list[Stretch] = []
    at = start_us
    for moment, step, kind in [*changes, (end_us, 0, RecordType.GENERAL)]:
        if moment > at:
            counts_as = type_of(one for one, times in lying.items() if times > 0)
            if found and found[-1].type is counts_as:
                found[-1] = found[-1]._replace(end_us=moment)
            else:
                found.append(Stretch(at, moment, counts_as))
            at = moment
        lying[kind] = lying.get(kind, 0) + step
    return found
