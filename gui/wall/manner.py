"""How the owner writes dates and times: one manner for the whole screen, as there is one language."""

from dataclasses import dataclass
from typing import Self

from recorder.client.dates import Order

MONDAY, SATURDAY, SUNDAY = 0, 5, 6
_WEEK = {"monday": MONDAY, "saturday": SATURDAY, "sunday": SUNDAY}


@dataclass(frozen=True)
class Manner:
    """Order of a date, hours to 12 or 24, and the day on which a week begins (0 Monday to 6 Sunday)."""

    order: Order = Order.YEAR_FIRST
    twelve: bool = False
    week_begins: int = MONDAY

    @classmethod
    def of(cls, date_format: str, hour_format: str, week_begins: str) -> Self:
        """Read what control tells; what this screen does not know is written as if nothing were set."""
        order = Order(date_format) if date_format in set(Order) else Order.YEAR_FIRST
        return cls(order, hour_format == "12", _WEEK.get(week_begins, MONDAY))


class _Followed:
    """What holds now."""

    manner = Manner()


def current() -> Manner:
    """Give the manner in which everything is written now."""
    return _Followed.manner


def follow(manner: Manner) -> bool:
    """Write in this manner from now on; say whether that is another one."""
    changed = manner != _Followed.manner
    _Followed.manner = manner
    return changed
