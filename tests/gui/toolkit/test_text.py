import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygame import Rect, Surface

from gui.toolkit import fonts
from gui.toolkit.text import KEPT_PIXELS, Text, clean
from gui.toolkit.theme import Theme, Type, Weight

text = Text(Theme(720))


@given(st.text(max_size=60), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_fitted_text_is_never_wider_than_its_room(words, room):
    shown = text.fit(words, Type.BODY, room)
    assert text.width(shown, Type.BODY) <= room


@given(st.text(max_size=120), st.integers(30, 400), st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_wrapped_text_keeps_within_its_lines_and_width(words, room, lines):
    found = text.wrap(words, Type.BODY, room, lines)
    assert len(found) <= lines
    assert all(text.width(line, Type.BODY) <= room for line in found)


def test_wrapping_loses_no_word():
    words = "Choose a password for the administrator. It protects settings and recordings."
    assert " ".join(text.wrap(words, Type.BODY, 180)) == words


def test_cut_text_ends_in_an_ellipsis():
    short = text.fit("A very long name of a camera in the yard", Type.BODY, 120)
    assert short.endswith("…")
    assert text.wrap("one two three four five six seven", Type.BODY, 60, 2)[-1].endswith("…")


@pytest.mark.parametrize("hostile", ["\0", "a\x07b", "\ud800", "x\u2028y", "\u202e", "", " ", "a" * 9000])
def test_any_text_can_be_drawn(hostile):
    surface = Surface((200, 40), 0, 32)
    ink = text.draw(surface, hostile, Rect(0, 0, 200, 40), Type.BODY, (255, 255, 255))
    assert ink.width <= 200


def test_roboto_covers_what_it_should_and_says_what_it_does_not():
    covered = fonts.coverage(fonts.roboto(Weight.REGULAR))
    assert all(ord(one) in covered for one in "AzÄßéŁΩЖ€…“”•·")
    assert ord("漢") not in covered


def test_a_glyph_that_roboto_lacks_comes_from_another_font(monkeypatch, tmp_path):
    lacking = "✓"
    assert ord(lacking) not in fonts.coverage(fonts.roboto(Weight.REGULAR))
    other = tmp_path / "Other.ttf"
    other.write_bytes(fonts.roboto(Weight.BOLD).read_bytes())
    monkeypatch.setattr(fonts, "fallbacks", lambda: (other,))
    real = fonts.coverage
    monkeypatch.setattr(fonts, "coverage", lambda path: frozenset({ord(lacking)}) if path == other else real(path))
    fresh = Text(Theme(720))
    assert [run for run, _ in fresh._runs(f"a{lacking}b", Type.BODY)] == ["a", lacking, "b"]
    assert fresh._runs(lacking, Type.BODY)[0][1] is fonts.font(other, 17)


CAMERAS = (
    "\u6b63\u9580",
    "\u99d0\u8eca\u5834",
    "\u3052\u3093\u304b\u3093",
    "\u30ac\u30ec\u30fc\u30b8",
    "\ud604\uad00",
    "\u4ed3\u5e93",
)
"""What cameras are called: front gate, car park, entrance, garage, front door, store; Chinese, Japanese, Korean."""


def drawn(words):
    """Give how a text looks, as bytes."""
    return pygame.image.tobytes(Text(Theme(1080)).picture(words, Type.TITLE, (255, 255, 255)), "RGBA")


@pytest.mark.peer("wqy font")
@pytest.mark.parametrize("name", CAMERAS)
def test_cameras_have_names_in_chinese_japanese_and_korean(name, monkeypatch):
    wqy = next(path for path in fonts.SYSTEM.rglob("wqy-microhei*"))
    monkeypatch.setattr(fonts, "fallbacks", lambda: (wqy,))
    assert fonts.coverage(wqy) >= set(map(ord, name))
    # Each letter beside the Latin ones is drawn by a glyph of its own, not by the box for what there is none of.
    box = drawn("\U0010fffd")
    looks = {drawn(one) for one in name}
    assert len(looks) == len(set(name))
    assert box not in looks
    assert [run for run, _ in Text(Theme(1080))._runs(f"A1 {name}", Type.TITLE)] == ["A1 ", name]


@pytest.mark.peer("wqy font")
def test_the_screen_finds_the_font_of_the_image():
    assert any(path.name.startswith("wqy-microhei") for path in fonts.fallbacks())


def test_without_a_font_for_them_boxes_stand_for_letters_and_nothing_breaks(monkeypatch):
    monkeypatch.setattr(fonts, "fallbacks", tuple)
    assert {drawn(one) for name in CAMERAS for one in name} == {drawn("\U0010fffd")}


@pytest.mark.parametrize("data", [b"", b"\0" * 40, b"ttcf" + b"\xff" * 40, b"\0\1\0\0\0\1" + b"cmap" * 20])
def test_a_damaged_font_covers_nothing(tmp_path, data):
    path = tmp_path / "bad.ttf"
    path.write_bytes(data)
    assert fonts.coverage(path) == frozenset()


def test_what_was_drawn_is_kept_but_not_for_ever():
    fresh = Text(Theme(2160))
    first = fresh.picture("Nightjar", Type.CLOCK, (255, 255, 255))
    assert fresh.picture("Nightjar", Type.CLOCK, (255, 255, 255)) is first
    for number in range(200):
        fresh.picture(f"Nightjar {number}", Type.CLOCK, (255, 255, 255))
    assert sum(one.get_width() * one.get_height() for one in fresh._pictures.values()) <= KEPT_PIXELS


def test_control_characters_become_spaces():
    assert clean("a\nb\tc\0d") == "a b c d"


DOOR, GATE = "\u0628\u0627\u0628", "\u05e9\u05e2\u05e8"


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (f"3  {DOOR}", ["3", DOOR]),
        (f"{DOOR} 12", ["12", DOOR]),
        (f"{DOOR} {GATE} (A)", [GATE, DOOR, "(A)"]),
        (f"Gate {GATE}, {DOOR} 7 B", ["Gate", "7", DOOR, GATE, "B"]),
        (f"{DOOR}\u2026", ["\u2026", DOOR]),
    ],
)
def test_what_runs_from_the_right_is_read_from_the_right_and_numbers_in_it_from_the_left(words, seen):
    # Which font spaces come from is no matter here.
    parts = [run.strip(" ,") for run, _ in text._runs(words, Type.BODY)]
    assert [one for one in parts if one] == seen


def test_letters_that_join_are_joined_wherever_a_font_has_them():
    apart = sum(text.width(one, Type.TITLE) for one in DOOR)
    covered = any(ord(one) in fonts.coverage(path) for path in fonts.fallbacks() for one in DOOR)
    assert not covered or text.width(DOOR, Type.TITLE) < apart


@given(st.text(alphabet=f"{DOOR}{GATE}ab 12,.\u2026\u0301\u0661", max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_character_is_lost_by_whatever_runs_from_the_right(words):
    assert sorted("".join(run for run, _ in text._runs(words, Type.BODY))) == sorted(words)
    assert text.width(words, Type.BODY) == sum(font.size(run)[0] for run, font in text._runs(words, Type.BODY))
