"""A time without power, and what became of recording: the one message that stays until somebody has seen it."""

from collections.abc import Callable
from dataclasses import dataclass

from recorder.client.clock import SECOND_US
from recorder.client.words import _, counted


@dataclass(frozen=True)
class Returned:
    """A channel that was to be recorded: since when it is again (UTC; None: not yet), and how much of it was lost."""

    channel: int
    back_us: int | None
    lost_us: int
    """Of the time before, while there still was power: not on a disk when it went."""


@dataclass(frozen=True)
class Outage:
    """From the last sign of life to the start of the machine (UTC)."""

    from_us: int
    to_us: int
    channels: tuple[Returned, ...] = ()
    known: bool = True
    """Whether it could be looked up what was recorded."""


def words_of(outage: Outage, clock: Callable[[int], str], precise: Callable[[int], str]) -> str:
    """Say it: `clock` writes a time with minutes, `precise` one with seconds."""
    gone = _("No power {begin}–{end}.").format(begin=clock(outage.from_us), end=clock(outage.to_us))  # noqa: RUF001
    if not outage.known:
        return f"{gone} {_('What was recorded could not be looked up: see the recordings.')}"
    if not outage.channels:
        return f"{gone} {_('Nothing was to be recorded.')}"
    back = [one.back_us for one in outage.channels if one.back_us is not None]
    if not back:
        told = _("None of {all} records yet.").format(all=len(outage.channels))
    else:
        told = counted(
            "{count} of {all} records since {time}.",
            "{count} of {all} record since {time}.",
            len(back),
            all=len(outage.channels),
            time=precise(max(back)),
        )
    lost_us = max(one.lost_us for one in outage.channels)
    return f"{gone} {told} {_('{seconds:.1f} s lost.').format(seconds=lost_us / SECOND_US)}"
