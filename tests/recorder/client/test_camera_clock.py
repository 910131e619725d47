import pytest

from recorder.client.camera_clock import camera_clock_words
from recorder.client.clock import SECOND_US


@pytest.mark.parametrize(
    ("off_s", "words"),
    [
        (0, ""),
        (-2, ""),
        (2.6, "Its own clock is 3 s ahead"),
        (-3600, "Its own clock is 60 min behind"),
        (-7300, "Its own clock is 2 h behind"),
        (3 * 86_400, "Its own clock is 3 days ahead"),
        (-56 * 365 * 86_400, "Its own clock is 56 years behind"),
    ],
)
def test_a_cameras_clock_is_told_in_words_where_it_is_wrong(off_s, words):
    assert camera_clock_words(round(off_s * SECOND_US)) == words


def test_a_camera_that_tells_no_time_is_not_blamed():
    assert camera_clock_words(None) == ""
