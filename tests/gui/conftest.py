"""What all tests of the screen share."""

import pytest

from gui.wall import manner


@pytest.fixture(autouse=True)
def _usual_manner():
    yield
    manner.follow(manner.Manner())
