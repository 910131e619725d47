"""The screen on a machine's own monitor: modes, the pointer, and a monitor that is pulled and put back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygame import Rect, Surface

from gui.presenter import drm
from gui.presenter.drm import DrmOutput, Head, choose, heads
from gui.presenter.kms import Monitor
from gui.presenter.kms_numbers import INTERLACED, PREFERRED, Mode
from gui.presenter.machine import LOOK_S, MachinePresenter, Monitors
from gui.presenter.pointer import Pointer
from gui.presenter.scanout import Scanout
from gui.toolkit.event import Resized

FULL = (1920, 1080)


def mode(across, down, hz=60, **more):
    return Mode(across=across, down=down, hz=hz, **more)


def chosen(*modes, limit=FULL):
    found = choose(modes, limit)
    return found and (found.across, found.down, found.hz)


@pytest.mark.covers("D-DISP-09")
def test_a_monitor_is_shown_in_its_own_size_unless_that_is_larger_than_wanted():
    native, other = mode(1366, 768, type=PREFERRED), mode(1920, 1080)
    assert chosen(other, native) == (1366, 768, 60)
    assert chosen(mode(3840, 2160, type=PREFERRED), mode(1920, 1080, 50), mode(1920, 1080), mode(1280, 720)) == (
        *FULL,
        60,
    )
    assert chosen(mode(1920, 1080, flags=INTERLACED), mode(1280, 720)) == (1280, 720, 60)
    assert chosen(mode(3840, 2160), mode(2560, 1440)) == (2560, 1440, 60), "a picture that is too large beats none"
    assert chosen(mode(0, 0), mode(1920, 1080, flags=INTERLACED)) is None


def test_a_second_monitor_shows_the_same_where_it_can():
    one = Monitor(1, (mode(1920, 1080, type=PREFERRED),), (11, 12))
    same = Monitor(2, (mode(1280, 1024, type=PREFERRED), mode(1920, 1080, 50)), (11, 12))
    small, unfed = Monitor(3, (mode(800, 600),), (11, 12, 13)), Monitor(4, (mode(1920, 1080),), (11,))
    found = list(heads([one, unfed, small, same], FULL))
    assert [(head.monitor.connector, head.crtc, head.mode.across) for head in found] == [(1, 11, 1920), (2, 12, 1920)]


class Card:
    """A card whose monitor shows what was flipped to, as the wire would."""

    path = Path("/dev/dri/card0")

    def __init__(self, size, flips=True):
        self.size, self.flips = size, flips
        self.shown = None
        self.waited = self.closed = 0

    def picture(self, size):
        memory = bytearray(size[0] * size[1] * 4)

        class Taken:
            mapped = memory_of = None

        made = Taken()
        made.bytes = memory
        made.memory = Scanout(memoryview(memory), size, size[0] * 4)
        made.mapped = made
        made.close = lambda: None
        return made

    def show(self, _monitor, _crtc, _mode, picture):
        self.shown = picture

    def flip(self, _crtc, picture):
        if not self.flips:
            raise OSError(22, "Invalid argument")
        assert picture is not self.shown, "a picture that is shown was drawn into"
        self.shown = picture

    def flips_over(self, count):
        self.waited += count
        return True

    def close(self):
        self.closed += 1


PARTS = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20)), max_size=5),
    min_size=1,
    max_size=12,
)


@given(PARTS, st.booleans(), st.lists(st.none() | st.tuples(st.integers(0, 39), st.integers(0, 29)), max_size=12))
def test_the_monitor_always_shows_the_canvas_with_the_pointer_over_it(frames, flips, places):
    size = (40, 30)
    card = Card(size, flips)
    output = DrmOutput(card, [Head(Monitor(1, (), (1,)), 1, mode(*size))])
    canvas, pointer = Surface(size, 0, 32), Pointer()
    for turn, parts in enumerate(frames):
        rects = [Rect(part).clip(canvas.get_rect()) for part in parts]
        for rect in rects:
            canvas.fill((turn * 20 % 256, rect.x, rect.y), rect)
        moved = pointer.move(places[turn] if turn < len(places) else None)
        over = pointer.over(canvas)
        output.show(canvas, [*rects, *moved], over)
        expected = canvas.copy()
        if over is not None:
            expected.blit(*over)
        found = bytes(card.shown.bytes)
        assert [found[at : at + 3] for at in range(0, len(found), 4)] == [
            bytes((blue, green, red))
            for y in range(size[1])
            for red, green, blue, _none in (expected.get_at((x, y)) for x in range(size[0]))
        ]
    output.close()
    assert card.closed == 1


def test_many_parts_become_one():
    card = Card((40, 30))
    output = DrmOutput(card, [Head(Monitor(1, (), (1,)), 1, mode(40, 30))])
    output.show(Surface((40, 30), 0, 32), [Rect(1, 1, 2, 2)] * (drm.MOST_STALE * 3), None)
    assert all(len(stale) <= drm.MOST_STALE for stale in output._stale)


class Screen:
    """A monitor that remembers what it was shown."""

    def __init__(self, size):
        self.size = size
        self.shown = []
        self.gone = False
        self.closed = False

    def show(self, canvas, rects, over):
        if self.gone:
            raise OSError(19, "No such device")
        self.shown.append((canvas, list(rects), over))

    def close(self):
        self.closed = True


class Desk:
    """What hangs on the machine, and its clock."""

    def __init__(self, *screens):
        self.limit = FULL
        self.screens = list(screens)
        self.now = 100.0
        self.opened = 0

    def state(self):
        return list(map(id, self.screens))

    def open(self):
        self.opened += 1
        return self.screens[0] if self.screens else None

    def later(self):
        self.now += LOOK_S

    def clock(self):
        return self.now


def waited(presenter):
    """What one wait gives: somebody wakes it at once."""
    presenter.wake()
    return presenter.wait(None)


@pytest.mark.covers("D-DISP-09")
def test_a_monitor_that_is_plugged_in_later_is_found_and_the_screen_takes_its_size():
    desk = Desk()
    presenter = MachinePresenter(desk, desk.clock)
    assert presenter.canvas.get_size() == FULL
    presenter.present([Rect(0, 0, 9, 9)])
    desk.screens = [Screen((1280, 1024))]
    assert waited(presenter) == []
    desk.later()
    assert waited(presenter) == [Resized(1280, 1024)]
    presenter.present([presenter.canvas.get_rect()])
    assert desk.screens[0].shown[-1][0].get_size() == (1280, 1024)


def test_a_monitor_that_was_pulled_and_put_back_shows_everything_again():
    first, again = Screen(FULL), Screen(FULL)
    desk = Desk(first)
    presenter = MachinePresenter(desk, desk.clock)
    desk.screens = []
    desk.later()
    assert waited(presenter) == []
    assert first.closed
    presenter.present([Rect(5, 5, 9, 9)])
    desk.screens = [again]
    desk.later()
    assert waited(presenter) == []
    assert again.shown[-1][1] == [presenter.canvas.get_rect()]


def test_until_something_was_drawn_the_monitor_keeps_what_the_boot_loader_shows():
    screen = Screen(FULL)
    desk = Desk(screen)
    presenter = MachinePresenter(desk, desk.clock)
    desk.later()
    waited(presenter)
    assert (desk.opened, screen.shown) == (1, [])
    presenter.present([presenter.canvas.get_rect()])
    assert screen.shown[-1][1] == [presenter.canvas.get_rect()]


def test_a_card_that_fails_is_let_go_and_tried_again():
    screen = Screen(FULL)
    desk = Desk(screen)
    presenter = MachinePresenter(desk, desk.clock)
    screen.gone = True
    presenter.present([Rect(5, 5, 9, 9)])
    assert screen.closed
    screen.gone = False
    desk.later()
    waited(presenter)
    assert screen.shown[-1][1] == [presenter.canvas.get_rect()]


def test_the_pointer_alone_is_shown_before_the_next_wait():
    screen = Screen(FULL)
    desk = Desk(screen)
    presenter = MachinePresenter(desk, desk.clock)
    presenter.present([presenter.canvas.get_rect()])
    presenter.point((100, 100))
    waited(presenter)
    _canvas, rects, over = screen.shown[-1]
    assert over[1] == (100, 100)
    assert rects == [Rect((100, 100), over[0].get_size())]
    presenter.point((100, 100))
    count = len(screen.shown)
    waited(presenter)
    assert len(screen.shown) == count
    presenter.point(None)
    waited(presenter)
    assert screen.shown[-1][1:] == (rects, None)


def test_connectors_are_read_as_the_kernel_tells_them_and_dark_ones_are_not_asked_again(tmp_path, monkeypatch):
    place = tmp_path / "sys/class/drm/card0-HDMI-A-1"
    place.mkdir(parents=True)
    (place / "status").write_text("disconnected\n")
    (place / "modes").write_text("")
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/card0").touch()
    asked = []
    monkeypatch.setattr("gui.presenter.machine.open_drm", lambda path, limit: asked.append((path.name, limit)))
    monitors = Monitors(FULL, tmp_path / "dev", tmp_path / "sys")
    assert monitors.open() is None
    assert not asked
    before = monitors.state()
    (place / "status").write_text("connected\n")
    (place / "modes").write_text("1920x1080\n")
    assert monitors.state() != before
    assert monitors.open() is None
    assert asked == [("card0", FULL)]


def test_a_node_that_is_no_card_is_passed_over(tmp_path):
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/card0").touch()
    (tmp_path / "dev/fb0").touch()
    assert Monitors(FULL, tmp_path / "dev", tmp_path / "sys").open() is None
