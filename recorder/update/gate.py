"""The gate before a new firmware is called good: all is as it was before the update, by what is seen now (U4).

Pure: what is seen is given. A camera that does not answer at all is not the firmware's fault; but if none of those that
recorded before records, it is taken for its fault, since a firmware without a network would see just that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recorder.client.answers.update import Reason
from recorder.client.words import _
from recorder.update.trial import Wrong

MOST_NAMED = 6


@dataclass(frozen=True)
class Seen:
    """What is looked at once a second."""

    before: frozenset[int] = frozenset()
    """Channels that recorded in the ten minutes before the update."""
    recording: frozenset[int] = frozenset()
    answering: frozenset[int] = frozenset()
    """Channels whose camera takes a connection now."""
    api: bool = False
    hardware: bool = False
    monitor: bool = False
    """A monitor is connected."""
    drawn: bool = False
    """The screen drew something since it started, a moment ago at most."""


def wrong(seen: Seen, names: Mapping[int, str]) -> tuple[Wrong, ...]:
    """Say what is not as it was before; empty: all is well."""
    found: list[Wrong] = []
    missing = sorted(seen.before - seen.recording)
    lost = [one for one in missing if one in seen.answering]
    if seen.before and not seen.before & seen.recording:
        lost = missing
    if lost:
        found.append(Wrong(Reason.CHANNELS, _named(lost, names)))
    if not seen.api:
        found.append(Wrong(Reason.API))
    if not seen.hardware:
        found.append(Wrong(Reason.HARDWARE))
    if seen.monitor and not seen.drawn:
        found.append(Wrong(Reason.SCREEN))
    return tuple(found)


def _named(channels: list[int], names: Mapping[int, str]) -> str:
    told = [names.get(one) or _("Camera {number}").format(number=one) for one in channels[:MOST_NAMED]]
    if len(channels) > MOST_NAMED:
        told.append(_("and {count} more").format(count=len(channels) - MOST_NAMED))
    return ", ".join(told)
