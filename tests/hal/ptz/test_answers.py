import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.protocols.ptz.answers import (
    Answers,
    Asked,
    PelcoValue,
    ViscaAnswer,
    ViscaComplaint,
    ViscaDone,
    from_nibbles,
)

KNOWN = [
    ("90 41 FF", ViscaDone(1, 1, finished=False)),
    ("90 52 FF", ViscaDone(1, 2, finished=True)),
    ("A0 60 02 FF", ViscaComplaint(2, 2)),
    ("90 61 41 FF", ViscaComplaint(1, 0x41)),
    ("90 50 0F 0F 0E 0F 00 00 01 00 FF", ViscaAnswer(1, bytes.fromhex("0F0F0E0F00000100"))),
    ("FF 01 00 59 23 28 A5", PelcoValue(1, Asked.PAN, 9000)),
    ("FF 07 00 5B 00 64 C6", PelcoValue(7, Asked.TILT, 100)),
    ("FF 01 00 5D FF FF 5C", PelcoValue(1, Asked.ZOOM, 0xFFFF)),
]


@pytest.mark.parametrize(("said", "meant"), KNOWN)
def test_an_answer_is_understood(said, meant):
    assert Answers().feed(bytes.fromhex(said)) == [meant]


@pytest.mark.parametrize(("code", "words"), [(2, "does not know"), (0x41, "cannot do that now"), (0x77, "code 77")])
def test_a_complaint_is_in_words(code, words):
    assert words in ViscaComplaint(1, code).words


@given(st.lists(st.sampled_from(KNOWN), max_size=6), st.lists(st.integers(1, 9), min_size=1))
def test_answers_are_understood_however_they_are_cut(said, cuts):
    stream, answers, found = b"".join(bytes.fromhex(one) for one, _meant in said), Answers(), []
    while stream:
        size = cuts[0]
        cuts = [*cuts[1:], size]
        found += answers.feed(stream[:size])
        stream = stream[size:]
    assert found == [meant for _one, meant in said]


@given(st.binary(max_size=300))
def test_noise_is_bounded_and_an_answer_after_it_is_found_once_the_line_is_quiet(noise):
    answers = Answers()
    answers.feed(noise)
    assert len(answers._kept) <= 16
    answers.forget()
    assert answers.feed(bytes.fromhex("9041FF")) == [ViscaDone(1, 1, finished=False)]


def test_our_own_frames_that_the_line_brings_back_are_no_answers():
    answers = Answers()
    assert answers.feed(bytes.fromhex("FF010002200023" + "FF010051000052" + "8101040700FF")) == []
    assert answers.feed(bytes.fromhex("FF01005923" + "28A5")) == [PelcoValue(1, Asked.PAN, 9000)]


def test_nibbles_have_a_sign():
    assert (from_nibbles(bytes.fromhex("0F0F0F0E")), from_nibbles(bytes.fromhex("00010203"))) == (-2, 0x123)
