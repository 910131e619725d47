"""A size reads as it stands on the drive, at the screen, in the rescue system and at the command line alike."""

import pytest

from hal.client import sizes
from hal.sizes import size


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (-5, "0 MB"),
        (0, "0 MB"),
        (640_000_000, "640 MB"),
        (10**9 - 1, "1000 MB"),
        (10**9, "1.0 GB"),
        (12_345_678_901, "12.3 GB"),
        (120_034_123_776, "120 GB"),
        (4_000_787_030_016, "4.0 TB"),
        (100 * 10**12, "100 TB"),
    ],
)
def test_it_is_in_thousands(count, words):
    assert size(count) == words
    assert sizes.size is size
