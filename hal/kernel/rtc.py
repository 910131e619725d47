"""Requests and times of a real-time clock (linux/rtc.h)."""

import calendar
import struct
import time

READ_TIME = 0x80247009
SET_TIME = 0x4024700A
READ_VOLTAGE = 0x80047013
DATA_INVALID, BACKUP_LOW, BACKUP_EMPTY = 1, 2, 4
TIME = struct.Struct("9i")
"""struct rtc_time: second to year (from 1900), day of the week and of the year; all but the day of the month from 0."""


def unpack_time(packed: bytes) -> float:
    """Seconds since 1970 of a time in UTC; raises `ValueError` where the registers hold no date."""
    second, minute, hour, day, month, year, *_unused = TIME.unpack(packed)
    in_range = 0 <= month < 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60
    if not in_range or min(second, minute, hour) < 0 or not 70 <= year < 1000:
        raise ValueError("no date")
    return calendar.timegm((year + 1900, month + 1, day, hour, minute, second))


def pack_time(wall_s: float) -> bytes:
    """Make a time in UTC of seconds since 1970."""
    at = time.gmtime(wall_s)
    date = (at.tm_mday, at.tm_mon - 1, at.tm_year - 1900, (at.tm_wday + 1) % 7, at.tm_yday - 1)
    return TIME.pack(at.tm_sec, at.tm_min, at.tm_hour, *date, 0)
