"""When a rule may act: a week on the wall clock (D-ALM-09.2, D-RULE-04)."""

from enum import StrEnum


class Arming(StrEnum):
    """What a period of an arming schedule stands for."""

    ARMED = "armed"
