import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.toolkit.button import Button
from gui.toolkit.focus import Edges, nearest
from gui.toolkit.layout import Align, Column, Row, Spacer
from gui.toolkit.page import Page
from tests.gui.rig import Rig

HERE = Edges(100, 100, 200, 140)


def test_what_lies_in_the_beam_beats_what_is_nearer_but_aside():
    aside, ahead = Edges(205, 145, 250, 185), Edges(400, 110, 500, 150)
    assert nearest(HERE, [aside, ahead], "right") == 1


def test_without_a_beam_the_weighted_distance_decides():
    # 13 * major² + minor²: 10 ahead and 60 aside beats 40 ahead and 45 aside.
    close, far = Edges(210, 160, 260, 200), Edges(240, 145, 290, 185)
    assert nearest(HERE, [far, close], "right") == 1


def test_downwards_a_beam_far_away_loses_to_a_neighbour_aside():
    aside, beam = Edges(210, 150, 300, 190), Edges(120, 600, 180, 640)
    assert nearest(HERE, [beam, aside], "down") == 1


@pytest.mark.parametrize("direction", ["up", "down", "left", "right"])
def test_nothing_behind_is_ever_chosen(direction):
    behind = {
        "up": Edges(100, 200, 200, 240),
        "down": Edges(100, 0, 200, 40),
        "left": Edges(300, 100, 400, 140),
        "right": Edges(0, 100, 50, 140),
    }[direction]
    assert nearest(HERE, [behind], direction) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 20), st.integers(1, 20)),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from(["up", "down", "left", "right"]),
)
def test_the_target_always_lies_further_in_the_direction(boxes, direction):
    edges = [Edges(x, y, x + w, y + h) for x, y, w, h in boxes]
    found = nearest(edges[0], edges[1:], direction)
    if found is None:
        return
    here, there = edges[0], edges[1:][found]
    moved = {
        "up": here.bottom - there.bottom,
        "down": there.top - here.top,
        "left": here.right - there.right,
        "right": there.left - here.left,
    }[direction]
    assert (
        moved > 0
        or {
            "up": there.bottom <= here.top,
            "down": there.top >= here.bottom,
            "left": there.right <= here.left,
            "right": there.left >= here.right,
        }[direction]
    )


def test_what_is_together_is_left_downwards_at_its_end_alone():
    rig = Rig()
    page = Page()
    aside = Column([Button(f"Aside {one}", name=f"aside{one}") for one in range(8)], width=200)
    whole = [Button("First", name="first"), Spacer(), Button("Last", name="last")]
    page.add(Row([aside, Column(whole, grow=1, together=True)], align=Align.STRETCH))
    rig.open(page)
    rig.screen.focus_on("first")
    rig.key("down")
    assert rig.focus == "last"
    rig.key("up")
    assert rig.focus == "first"
    rig.key("left")
    assert rig.focus.startswith("aside")
