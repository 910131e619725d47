import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Flow, Grid, Row, Spacer, Stack, shares
from gui.toolkit.page import Page
from gui.toolkit.widget import Widget
from tests.gui.rig import SIZES, Rig


def shown(child, size=(1280, 720)):
    rig = Rig(size)
    page = Page()
    page.add(child)
    rig.open(page)
    return rig


@given(
    st.integers(0, 2000),
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([0, 1, 2.5])), min_size=1, max_size=8),
    st.integers(0, 20),
)
def test_shares_never_exceed_the_room_and_leave_nothing_over_where_something_grows(room, parts, gap):
    lengths = shares(room, [wish for wish, _ in parts], [grow for _, grow in parts], gap)
    gaps = gap * (len(parts) - 1)
    assert all(length >= 0 for length in lengths)
    assert sum(lengths) + gaps <= max(room, gaps)
    if any(grow for _, grow in parts) and room >= gaps:
        assert sum(lengths) + gaps == room


def test_a_row_gives_what_is_left_to_the_one_that_grows():
    left, right = Widget(width=100, height=20), Widget(grow=1, height=20)
    shown(Row([left, right], gap=10))
    assert (left.rect.x, left.rect.width) == (0, 100)
    assert (right.rect.x, right.rect.right) == (110, 1280)


@pytest.mark.parametrize("size", SIZES)
def test_sizes_follow_the_height_and_a_narrow_screen_its_width(size):
    button = Button("Save")
    rig = shown(Column([button], align=Align.START), size)
    assert button.rect.height == round(44 * min(size[1], size[0] * 3 // 4) / 720)
    assert rig.screen.rect.contains(button.rect)


def test_a_column_of_wrapping_text_is_as_high_as_its_lines():
    words = "The quick brown fox jumps over the lazy dog. " * 12
    label = Label(words, lines=20)
    rig = shown(Column([Row([label], width=300)], align=Align.START))
    lines = rig.screen.type.wrap(words, label.size, label.rect.width, 20)
    assert len(lines) > 3
    assert label.rect.height == len(lines) * rig.screen.type.line_height(label.size)


def test_a_flow_breaks_into_lines_and_cuts_nothing():
    buttons = [Button(f"Choice number {number}") for number in range(12)]
    rig = shown(Flow(buttons))
    assert len({one.rect.y for one in buttons}) > 1
    assert all(rig.screen.rect.contains(one.rect) for one in buttons)
    assert not any(one.rect.colliderect(other.rect) for one in buttons for other in buttons if one is not other)


def test_a_grid_has_equal_columns():
    cells = [Button(str(number)) for number in range(7)]
    shown(Grid(3, cells, gap=10))
    assert len({one.rect.width for one in cells}) == 1
    assert [one.rect.y for one in cells] == sorted(one.rect.y for one in cells)


def test_hidden_children_take_no_room():
    first, second = Button("A"), Button("B")
    rig = shown(Column([first, second], gap=8))
    assert second.rect.y > 0
    first.visible = False
    rig.show()
    assert second.rect.y == 0


def test_a_stack_puts_its_children_on_one_another():
    below, above = Widget(), Widget()
    shown(Stack([below, above, Spacer(4)]))
    assert below.rect == above.rect


class Counted(Label):
    """A label that counts how often it is measured."""

    asked = 0

    def measure(self, width, height):
        self.asked += 1
        return super().measure(width, height)


def test_rows_within_rows_measure_each_widget_a_few_times_only():
    label = inner = Counted("Front door")
    for _depth in range(8):
        inner = Row([inner, Spacer()])
    rig = shown(inner)
    assert 1 <= label.asked <= 60
    before = label.asked
    label.say("The front door of the house")
    rig.show()
    assert before < label.asked
    assert label.rect.width == rig.screen.type.width(label.text, label.size)
