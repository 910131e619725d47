"""A time of day to the minute: typed in digits, or stepped with the wheel."""

import math
from collections.abc import Callable

from gui.toolkit.event import Event, Wheel
from gui.toolkit.text_field import TextField

DAY_MIN = 24 * 60
WHEEL_MIN = 15
"""Minutes that one step of the wheel moves, to whole quarters of an hour."""


class TimeField(TextField):
    """Holds "00:00" to "24:00". Digits replace the old time when typing begins, and the colon comes by itself."""

    def __init__(
        self,
        minute: int | None,
        on_change: Callable[[str], object] | None = None,
        *,
        name: str = "",
        label: str = "",
        width: float | None = None,
        begun: str = "",
    ) -> None:
        """`begun` are digits that were typed before it had the focus: those that come next go on from them."""
        super().__init__(
            begun or ("" if minute is None else time_words(minute)),
            on_change,
            name=name,
            label=label,
            placeholder="00:00",
            allowed="0123456789:",
            longest=5,
            width=width,
        )
        self._fresh = True
        self._begun = bool(begun)

    @property
    def minute(self) -> int | None:
        """Minutes since midnight, 0 to 1440; None if no time is written."""
        hours, colon, minutes = self.written.partition(":")
        if not colon and len(hours) > 2:
            hours, minutes = hours[:-2], hours[-2:]
        if not hours.isdecimal() or not (minutes.isdecimal() or not minutes):
            return None
        found = int(hours) * 60 + int(minutes or 0)
        return found if int(minutes or 0) < 60 and found <= DAY_MIN else None

    def gained_focus(self) -> None:
        """The next digit begins a new time, but where one has begun."""
        self._fresh, self._begun = not self._begun, False

    def write(self, text: str) -> None:
        """Type; the first digit replaces what was there, the third one puts the colon before itself."""
        if self._fresh and any(one in self.allowed for one in text):
            self._fresh = False
            self._value = ""
            self.caret = 0
        written = self.written
        if text.isdecimal() and written.isdecimal() and self.caret == len(written) == 2:
            # No hour is above 24: "73" is the beginning of 7:30.
            hours = 2 if int(written) <= DAY_MIN // 60 else 1
            self._value = f"{written[:hours]}:{written[hours:]}"
            self.caret += 1
        super().write(text)

    def erase(self) -> None:
        """Take away the last digit, and the colon with it."""
        self._fresh = False
        super().erase()
        if self.written.endswith(":") and self.caret == len(self.written):
            super().erase()

    def handle(self, event: Event) -> bool:
        """Step it by the wheel while it has the focus."""
        if isinstance(event, Wheel) and self.enabled and self.focused:
            # From within a quarter the first step leads to its edge.
            quarters = (self.minute or 0) / WHEEL_MIN
            whole = math.floor(quarters) if event.steps > 0 else math.ceil(quarters)
            words = time_words(min(max(0, (whole + event.steps) * WHEEL_MIN), DAY_MIN))
            if words != self.written:
                self._fresh = True
                self._edit(words, len(words))
                self.screen.editing = None
            return True
        return super().handle(event)


def time_words(minute: int) -> str:
    """Write minutes since midnight as "07:30"; the end of the day is "24:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"
