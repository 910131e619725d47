"""The line to the guest: what is damaged is never taken for a message."""

import pytest

from tests.guest.inside import frames

MESSAGE = {"id": 7, "out": bytes(range(256)), "do": "run", "argv": ["sh", "~"]}


def test_a_message_arrives_as_it_was_sent_in_whatever_pieces():
    lines = frames.Lines()
    data = frames.pack(MESSAGE) * 3
    found = [line for at in range(0, len(data), 7) for line in lines.feed(data[at : at + 7])]
    assert [frames.parse(line) for line in found] == [MESSAGE] * 3


def test_noise_before_a_frame_is_skipped():
    assert frames.parse(b"[   12.5] noise ~00000000 {}" + frames.pack(MESSAGE)) == MESSAGE


@pytest.mark.parametrize("line", [b"", b"~", b"~00000000 {}", b"[ 1.0] kernel: hello", b"~zz", b"\xff\x00"])
def test_noise_is_no_frame(line):
    assert frames.parse(line) is None


def test_a_frame_with_a_byte_changed_or_missing_is_no_frame():
    line = frames.pack(MESSAGE).rstrip()
    for at in range(0, len(line), 5):
        assert frames.parse(line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]) is None
        assert frames.parse(line[:at] + line[at + 1 :]) is None
