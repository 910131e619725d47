"""A bar that does not know how far it is moves; one that knows stands still."""

from gui.toolkit.label import Progress
from gui.toolkit.page import Page
from tests.gui.rig import Rig


def shown(bar):
    rig = Rig()
    page = Page()
    page.add(bar)
    rig.open(page)
    return rig


def test_a_bar_of_unknown_progress_moves_and_stands_as_soon_as_it_is_known():
    bar = Progress(None)
    rig = shown(bar)
    assert rig.screen.moving
    rig.clock.advance(0.5)
    assert rig.show()
    bar.set(0.25)
    rig.show()
    assert not rig.screen.moving
    rig.clock.advance(0.5)
    assert not rig.show()


def test_a_hidden_bar_of_unknown_progress_costs_nothing():
    bar = Progress(None)
    rig = shown(bar)
    bar.visible = False
    rig.show()
    assert not rig.screen.moving
    bar.visible = True
    rig.show()
    assert rig.screen.moving
