import argparse

import pytest

from recorder.cli.moments import moment, written


@pytest.mark.parametrize(
    ("text", "moment_us"),
    [
        ("1700000000000001", 1_700_000_000_000_001),
        ("2023-11-14T22:13:20.000001+00:00", 1_700_000_000_000_001),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000),
    ],
)
def test_a_time_is_read_to_the_microsecond(text, moment_us):
    assert moment(text) == moment_us


@pytest.mark.parametrize("text", ["", "yesterday", "-5", "٣", "2023-13-01"])
def test_what_is_no_time_is_refused_in_words(text):
    with pytest.raises(argparse.ArgumentTypeError, match="neither"):
        moment(text)


def test_a_written_time_is_read_back():
    assert moment(written(1_763_700_000_123_456)) == 1_763_700_000_123_456
