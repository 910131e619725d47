"""Channels keep their places on the wall, and every one can be reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.wall.arrangement import Arrangement
from gui.wall.splits import OFFERED, SPLITS


def wall(channels: int, split: int | None = None) -> Arrangement:
    made = Arrangement(split=split)
    made.know(range(1, channels + 1))
    return made


def test_a_new_channel_comes_last_and_a_removed_one_closes_the_row():
    made = wall(3)
    made.swap(0, 2)
    assert made.channels() == (3, 2, 1, None)
    assert made.know([1, 3, 4])
    assert made.channels() == (3, 1, 4, None)
    assert not made.know([4, 1, 3])


def test_without_a_choice_the_smallest_split_follows_the_channels():
    assert [wall(count).grid.tiles for count in (1, 2, 4, 5, 10)] == [1, 4, 4, 9, 16]


def test_a_single_view_returns_to_the_page_it_came_from():
    made = wall(10, split=4)
    made.turn(2)
    made.selected = 1
    made.toggle_single()
    assert made.single == 10
    assert made.channels() == (10,)
    made.toggle_single()
    assert (made.page, made.selected, made.single) == (2, 1, None)


def test_after_zapping_in_single_the_way_back_leads_to_the_channel_seen_last():
    made = wall(8, split=4)
    made.toggle_single()
    made.turn(5)
    assert made.single == 6
    made.toggle_single()
    assert (made.page, made.chosen) == (1, 6)


def test_the_chosen_channel_stays_in_sight_when_the_split_changes():
    made = wall(16, split=16)
    made.jump(11)
    for split in OFFERED:
        made.choose(split)
        assert made.chosen == 11


def test_a_removed_channel_leaves_the_single_view():
    made = wall(4)
    made.toggle_single(3)
    made.know([1, 2, 4])
    assert made.single is None
    assert made.channels() == (1, 2, 4, None)


def test_an_empty_tile_cannot_be_enlarged():
    made = wall(3)
    made.selected = 3
    made.toggle_single()
    assert made.single is None


def test_pages_go_round():
    made = wall(9, split=4)
    assert made.pages == 3
    assert made.turn(-1)
    assert made.page == 2
    assert made.turn(1)
    assert made.page == 0
    assert not wall(4).turn(1)


def test_arrows_reach_the_small_tiles_beside_a_large_one():
    made = wall(8, split=8)
    assert made.move(1, 0)
    assert made.selected == 1
    assert made.move(0, 1)
    assert made.selected == 2
    assert made.move(-1, 0)
    assert made.selected == 0
    assert made.move(0, 1)
    assert made.selected == 4
    assert not made.move(0, 1)


def test_an_unknown_split_or_channel_changes_nothing():
    made = wall(4)
    with pytest.raises(KeyError):
        made.choose(5)
    assert not made.jump(9)
    assert made.channels() == (1, 2, 3, 4)


@given(
    st.integers(0, 40),
    st.lists(
        st.one_of(
            st.tuples(st.just("know"), st.sets(st.integers(1, 40))),
            st.tuples(st.just("choose"), st.sampled_from(OFFERED)),
            st.tuples(st.just("toggle_single")),
            st.tuples(st.just("jump"), st.integers(1, 40)),
            st.tuples(st.just("turn"), st.integers(-3, 3)),
            st.tuples(st.just("swap"), st.integers(0, 35), st.integers(0, 35)),
            st.tuples(st.just("move"), st.sampled_from([-1, 1]), st.just(0)),
            st.tuples(st.just("move"), st.just(0), st.sampled_from([-1, 1])),
        ),
        max_size=30,
    ),
)
def test_whatever_is_done_every_channel_stands_exactly_once_and_the_frame_is_on_the_page(channels, steps):
    made = wall(channels)
    there = set(range(1, channels + 1))
    for name, *arguments in steps:
        if name == "swap":
            last = made.split_below.tiles - 1
            arguments = [min(one, last) for one in arguments]  # noqa: PLW2901
        if name == "know":
            there = set(arguments[0])
        getattr(made, name)(*arguments)
        assert sorted(made.order) == sorted(there)
        assert len(made.channels()) == made.grid.tiles
        assert 0 <= made.selected < made.grid.tiles
        assert 0 <= made.page < made.pages
        assert made.single is None or made.single in there


def test_every_tile_of_every_split_is_reached_by_arrows():
    for tiles, split in SPLITS.items():
        made = wall(tiles, split=tiles)
        reached, waiting = {0}, [0]
        while waiting:
            at = waiting.pop()
            for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                made.selected = at
                if made.move(*step) and made.selected not in reached:
                    reached.add(made.selected)
                    waiting.append(made.selected)
        assert reached == set(range(split.tiles))
