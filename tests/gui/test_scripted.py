import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.scripted import MOST_EVENTS, events_of
from gui.toolkit.event import Key, Move, Press, Release
from recorder.client.errors import Invalid


def test_a_click_is_what_a_hand_does():
    assert events_of([{"kind": "click", "x": 3, "y": 4}]) == [Move(3, 4), Press(3, 4), Release(3, 4)]


def test_a_digit_is_a_key_and_text():
    assert events_of([{"kind": "key", "name": "7"}]) == [Key("7", "7")]
    assert events_of([{"kind": "text", "text": "a 1"}]) == [Key("a", "a"), Key("space", " "), Key("1", "1")]


@pytest.mark.parametrize(
    "found",
    [
        None,
        {},
        [1],
        [{"kind": "click"}],
        [{"kind": "click", "x": 1.5, "y": 2}],
        [{"kind": "key", "name": 5}],
        [{"kind": "text", "text": "x" * 5000}],
        [{"kind": "explode"}],
        [{"kind": "key", "name": "ok"}] * (MOST_EVENTS + 1),
    ],
)
def test_what_is_no_input_is_refused(found):
    with pytest.raises(Invalid):
        events_of(found)


@given(
    st.lists(st.dictionaries(st.sampled_from(["kind", "x", "y", "name", "text", "steps"]), st.text() | st.integers()))
)
def test_nothing_but_a_refusal_comes_of_nonsense(found):
    with contextlib.suppress(Invalid):
        events_of(found)
