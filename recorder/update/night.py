"""The hour at night at which an update may be installed, by the recorder's own zone."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.words import _

AT_NIGHT = time(3)
LATE_US = 3600 * SECOND_US
"""So late the hour at night may still be used: the recorder was busy. Later it has passed."""
CLOCK_SET_US = 1_577_836_800 * SECOND_US
"""The year 2020: a clock before it was never set."""


class ClockUnset(NightjarError):
    """Nobody knows when it is night."""

    status = 409
    words = _("The recorder's clock is not set. Set it, or install the update now.")


def tonight(now_us: int, zone: tzinfo) -> int:
    """Give the next three o'clock of a zone (UTC); 0 while the clock was never set."""
    if now_us < CLOCK_SET_US:
        return 0
    now = datetime.fromtimestamp(now_us / SECOND_US, UTC).astimezone(zone)
    day = now.date() if now.timetz().replace(tzinfo=None) < AT_NIGHT else now.date() + timedelta(days=1)
    return int(datetime.combine(day, AT_NIGHT, zone).timestamp()) * SECOND_US
