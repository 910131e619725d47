"""In and out marks keep their order."""

from hypothesis import given
from hypothesis import strategies as st

from gui.playback.cut import SHORTEST_US, Cut

SECOND = 1_000_000


def test_two_marks_make_a_stretch():
    cut = Cut().begin(10 * SECOND).finish(25 * SECOND)
    assert cut.is_whole
    assert cut.length_us == 15 * SECOND


def test_a_new_in_mark_behind_the_out_mark_begins_anew():
    assert Cut(10 * SECOND, 20 * SECOND).begin(30 * SECOND) == Cut(30 * SECOND, None)


def test_a_new_out_mark_before_the_in_mark_begins_anew():
    assert Cut(10 * SECOND, 20 * SECOND).finish(5 * SECOND) == Cut(None, 5 * SECOND)


def test_a_dragged_mark_stops_before_the_other():
    assert Cut(10 * SECOND, 20 * SECOND).drag(start=True, to_us=90 * SECOND) == Cut(19 * SECOND, 20 * SECOND)
    assert Cut(10 * SECOND, 20 * SECOND).drag(start=False, to_us=0) == Cut(10 * SECOND, 11 * SECOND)


@given(st.lists(st.tuples(st.sampled_from(["begin", "finish", "in", "out"]), st.integers(0, 10**9)), max_size=20))
def test_whatever_is_done_a_whole_cut_is_at_least_a_second_long(steps):
    cut = Cut()
    for name, at_us in steps:
        if name in {"begin", "finish"}:
            cut = getattr(cut, name)(at_us)
        elif cut.is_whole:
            cut = cut.drag(start=name == "in", to_us=at_us)
        assert not cut.is_whole or cut.length_us >= SHORTEST_US
