import pytest

from gui.toolkit import theme as t
from gui.toolkit.theme import SCALE, Theme, Type


def luminance(colour):
    parts = [one / 255 for one in colour[:3]]
    red, green, blue = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ["BACKGROUND", "SURFACE", "RAISED", "HOVER", "FIELD"]


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["TEXT", "SECOND", "ACCENT", "GOOD", "WARNING", "DANGER", "INFO"])
def test_words_can_be_read_on_every_ground(ink, ground):
    assert contrast(getattr(t, ink), getattr(t, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["BACKGROUND", "SURFACE", "FIELD"])
def test_hints_can_be_read_where_they_stand(ground):
    assert contrast(t.FAINT, getattr(t, ground)) >= 4.5


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("ON_ACCENT", "ACCENT"), ("ACCENT", "ACCENT_DEEP"), ("DANGER", "DANGER_DEEP"), ("ON_DANGER", "DANGER")],
)
def test_words_on_coloured_buttons_can_be_read(ink, ground):
    assert contrast(getattr(t, ink), getattr(t, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["BACKGROUND", "SURFACE", "RAISED"])
def test_the_edges_of_controls_and_the_focus_can_be_seen(ground):
    assert contrast(t.ACCENT, getattr(t, ground)) >= 3
    if ground != "RAISED":
        assert contrast(t.EDGE, getattr(t, ground)) >= 3


@pytest.mark.parametrize(("height", "least"), [(720, 2), (1080, 3), (2160, 6)])
def test_the_focus_ring_is_thick_enough(height, least):
    assert Theme(height).ring >= least


def test_no_type_is_too_small_for_a_living_room():
    # 1.8 % of the height is what television guidelines ask for at three metres.
    assert all(units / 720 >= 0.018 for units, _ in SCALE.values())
    assert Theme(1080).type_px(Type.BODY) == 26
