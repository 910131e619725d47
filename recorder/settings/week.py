"""A week on a grid: up to six periods a day and on holidays, each with what it stands for (D-REC-03, D-REC-04)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from recorder.client.words import _
from recorder.settings.errors import NotAllowed

DAYS = 7
HOLIDAY = 7
"""The place of holidays where the days of a week are numbered, 0 being Monday."""
MOST_PERIODS = 6
DAY_MIN = 24 * 60
K = TypeVar("K", bound=StrEnum)


class Period(BaseModel, Generic[K]):
    """A stretch of one day in minutes since its midnight by the wall clock: [start_min, end_min)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_min: int = Field(ge=0, le=DAY_MIN - 1)
    end_min: int = Field(ge=1, le=DAY_MIN)
    types: tuple[K, ...] = Field(min_length=1)


def _orderly(periods: tuple[Period[Any], ...]) -> tuple[Period[Any], ...]:
    before = 0
    for number, period in enumerate(periods, 1):
        if period.end_min <= period.start_min:
            raise NotAllowed(_("Period {number} ends before it begins.").format(number=number), _("end after start"))
        if period.start_min < before:
            raise NotAllowed(
                _("Period {number} begins before the one above it ends.").format(number=number),
                _("periods in order, without overlap"),
            )
        before = period.end_min
        if len(set(period.types)) != len(period.types):
            raise NotAllowed(_("Period {number} names a type twice.").format(number=number))
    return periods


class WeekGrid(BaseModel, Generic[K]):
    """Seven days, Monday first, and holidays, each a sequence of periods in order and without overlap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Annotated[
        tuple[Annotated[tuple[Period[K], ...], Field(max_length=MOST_PERIODS), AfterValidator(_orderly)], ...],
        Field(min_length=DAYS, max_length=DAYS),
    ]
    holiday: Annotated[tuple[Period[K], ...], Field(max_length=MOST_PERIODS), AfterValidator(_orderly)] | None = None
    """The periods of a holiday, whatever day of the week it is; None: those of that day."""

    @classmethod
    def always(cls, *types: K) -> Self:
        """All day, every day."""
        return cls.model_validate({"days": [[{"start_min": 0, "end_min": DAY_MIN, "types": types}]] * DAYS})

    @classmethod
    def never(cls) -> Self:
        """No period at all."""
        return cls.model_validate({"days": [[]] * DAYS})

    def on(self, weekday: int, *, holiday: bool) -> tuple[Period[K], ...]:
        """Give the periods of a day (0 is Monday)."""
        return self.holiday if holiday and self.holiday is not None else self.days[weekday]

    def with_day(self, day: int, periods: Sequence[Period[K]]) -> Self:
        """Give a week with other periods on one day (0 is Monday, 7 are holidays)."""
        read = [dict(one) for one in periods]
        given = self.model_dump()
        if day == HOLIDAY:
            given["holiday"] = read
        else:
            given["days"] = [read if number == day else one for number, one in enumerate(given["days"])]
        return type(self).model_validate(given)
