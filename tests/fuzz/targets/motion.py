"""Records of motion, as a disk that anybody may have written gives them back."""

from recorder.client.clock import SECOND_US
from recorder.client.motion import RECORD_S, BadMotion, MotionRecord, pack, parse, search

_BEGIN = 1_700_000_000 * SECOND_US
SEEDS = (
    pack(MotionRecord(_BEGIN, 60, ((0, 20), (30, 30)), ((3, 1), (4, 6 << 300), (31, (1 << 396) - 1)))),
    pack(MotionRecord(_BEGIN, RECORD_S, ((0, RECORD_S),))),
    pack(MotionRecord(_BEGIN, 1, ())),
)
DECLARED = (BadMotion,)


def target(data: bytes) -> None:
    record = parse(_BEGIN, data)
    assert parse(_BEGIN, pack(record)) == record
    search([record], 1, _BEGIN, _BEGIN + RECORD_S * SECOND_US)
