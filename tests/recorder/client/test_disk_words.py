"""Disks and pools in words, as an owner reads them."""

import pytest

from recorder.client.disk_words import room_for


@pytest.mark.parametrize(
    ("days", "words"),
    [(0.05, "room for 1.2 hours"), (1.5, "room for 36.0 hours"), (2, "room for 2.0 days"), (37, "room for 37.0 days")],
)
def test_little_room_is_told_in_hours(days, words):
    assert room_for(days) == words
