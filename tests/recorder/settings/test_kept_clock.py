"""What the kernel says of its clock is read right: as another reading of it sees it, and as libc was made to say it."""

import ctypes

import pytest

from recorder.settings import kept_clock as module
from recorder.settings.kept_clock import KeptClock, kept_clock

LONG = ctypes.c_long


class Timex(ctypes.Structure):
    """struct timex of sys/timex.h."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", LONG), ("freq", LONG), ("maxerror", LONG), ("esterror", LONG),
        ("status", ctypes.c_int), ("constant", LONG), ("precision", LONG), ("tolerance", LONG), ("time", LONG * 2),
        ("tick", LONG), ("more", LONG * 16),
    )  # fmt: skip


def test_the_kernels_own_words_are_read_as_its_header_lays_them_out():
    told = Timex()
    assert ctypes.CDLL(None).adjtimex(ctypes.byref(told)) >= 0
    found = kept_clock()
    assert found.kept is not bool(told.status & 0x40)
    assert not found.kept or abs(found.error_us - told.maxerror) < 10_000


@pytest.mark.covers("D-SYS-13")
@pytest.mark.parametrize(
    ("status", "error_us", "seen"),
    [
        (0x2001, 12_345, KeptClock(kept=True, error_us=12_345)),
        (0x0001, 1 << 33, KeptClock(kept=True, error_us=1 << 33)),
        (0x2041, 16_000_000, KeptClock(kept=False)),
        (None, 0, None),
    ],
)
def test_a_clock_that_follows_a_server_is_told_with_how_far_it_can_be_off(monkeypatch, status, error_us, seen):
    class Libc:
        def adjtimex(self, place):
            told = ctypes.cast(place, ctypes.POINTER(Timex)).contents
            told.status, told.maxerror = status or 0, error_us
            return -1 if status is None else 0

    monkeypatch.setattr(module.ctypes, "CDLL", lambda *_names, **_more: Libc())
    assert kept_clock() == seen
