"""What is seen on the monitor from boot loader to wall; keyboard, mouse and remote reach the screen."""

import itertools

import pygame
import pytest
from pygame import Surface

from gui.toolkit.paint import Paint
from gui.toolkit.theme import BACKGROUND, SCRIM, Theme
from tests.image.known import calm_sheet, unlike
from tests.image.machine import BUILT, PATIENCE_S, SIZE
from tests.image.screen import named, words
from tests.image.test_disk import COMMON

MENU, EXIT = "0x0425", "0x0426"
"""Of board/qemu-x86-64/remote.toml."""


SPLASH = pygame.image.load(COMMON / "splash.png")
SAME = 1.0
"""Of 255: the boot loader stretches the picture."""


def pixels(picture: Surface) -> bytes:
    return pygame.image.tobytes(picture, "RGB")


def test_one_calm_picture_is_seen_from_the_boot_loader_to_the_wall(recorder, desk):
    """No word of the kernel, no black: the firmware's picture, then ours, then what the screen draws."""
    taken = [pygame.image.load(str(path)) for path in recorder.pictures]
    # Those end when the machine answers, which may be before anything is drawn.
    taken.append(desk.monitor.shows(lambda one: not calm(one), "what the screen draws"))
    ours = list(itertools.dropwhile(lambda one: not calm(one), taken))
    assert ours, recorder.pictures
    drawn = list(itertools.dropwhile(calm, ours))
    grounds = (ground(BACKGROUND), ground(BACKGROUND, SCRIM))
    for one in drawn:
        width, height = one.get_size()
        corners = {tuple(one.get_at((x, y))[:3]) for x in (0, width - 1) for y in (0, height - 1)}
        # The wall's, which is darker as soon as the first question lies over it.
        assert corners in grounds


def ground(*colours) -> set[tuple[int, ...]]:
    """What is seen where colours lie over each other."""
    seen = Surface((1, 1), 0, 32)
    paint = Paint(Theme(SIZE[1]))
    for one in colours:
        paint.shade(seen, seen.get_rect(), one)
    return {tuple(seen.get_at((0, 0))[:3])}


def calm(picture: Surface) -> bool:
    return unlike(picture, SPLASH) < SAME


@pytest.mark.covers("D-DISP-09")
def test_the_monitor_shows_what_the_screen_draws_to_the_pixel(desk):
    """By QEMU's own picture of the card."""
    first = desk.screen.picture()
    assert first.get_size() == SIZE, "the monitor's own size"
    # The clock goes on and the cursor blinks: what is shown is looked for until both were taken between two changes.
    desk.monitor.shows(lambda found: pixels(found) == pixels(desk.screen.picture()), "the screen's picture")


def test_a_password_written_on_the_keyboard_leads_to_the_known_wall(recorder, owner):
    """Drawn here from the same facts, to the pixel."""

    def drawn() -> Surface:
        network = (named(owner.screen.tree(), "network") or {}).get("text", "")
        return calm_sheet(SIZE, int(recorder.run("date +%s")) * 1_000_000, network)

    try:
        seen = owner.monitor.shows(lambda found: pixels(found) == pixels(drawn()), "the known wall")
    except AssertionError:
        pygame.image.save(owner.monitor.picture(), str(BUILT / "calm-seen.png"))
        pygame.image.save(drawn(), str(BUILT / "calm-known.png"))
        raise
    pygame.image.save(seen, str(BUILT / "calm.png"))


def test_a_click_of_the_mouse_opens_what_is_under_it(owner):
    owner.click("add-camera")
    owner.screen.until(lambda tree: tree["pages"][-1].get("name") == "add-camera-sheet", "the form for a camera")
    owner.to_the_wall()


@pytest.mark.covers("D-IR-09")
def test_a_key_of_a_remote_opens_the_menu_and_another_closes_it(recorder, owner):
    """Through the kernel's receiver, which has the keymap of the board by the image's own rule."""
    recorder.run("modprobe rc-loopback && udevadm settle --timeout=120")
    # The screen looks for new devices every two seconds; what is pressed before is heard by nobody.
    node = recorder.run("basename $(ls -d /sys/class/rc/rc0/input*/event*)").strip()
    recorder.shell.poll(
        "ls -l /proc/$(systemctl show -p MainPID --value nightjar-gui.service)/fd",
        until=lambda told: f"/dev/input/{node}\n" in told,
        timeout_s=PATIENCE_S,
    )
    owner.screen.until(lambda tree: len(tree["pages"]) == 1, "the wall")
    press(recorder, MENU)
    opened = owner.screen.until(lambda tree: len(tree["pages"]) > 1, "the menu")
    assert any("Main menu" in one for one in words(opened))
    press(recorder, EXIT)
    owner.screen.until(lambda tree: len(tree["pages"]) == 1, "the wall")
    recorder.run("modprobe -r rc-loopback")
    assert named(owner.screen.tree(), "add-camera")


def press(recorder, key):
    recorder.run("python3", recorder.inside("send_remote.py"), key)
