"""Where each stream stood when the store was last in use, and why nothing was recorded since (S7)."""

from collections.abc import Iterable
from typing import NamedTuple

from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store.layout import NO_REASON, stream_key
from recorder.store.rows import BootRow, ClockMapRow, PieceRow, Row, SpanRow


class LastSeen(NamedTuple):
    """The newest sample of a stream (UTC, µs); `reason` explains the hole behind it.

    `was_due`: its span did not end because nothing more was due then. `this_boot`: it is of the kernel boot that still
    runs, so a step of the clock moves it.
    """

    at_us: int
    reason: GapReason
    was_due: bool = True
    this_boot: bool = False


def last_seen(
    pieces: Iterable[Row], spans: Iterable[Row], steps: Iterable[Row], previous: BootRow | None, kernel_boot: bytes
) -> dict[StreamKey, LastSeen]:
    """Work out the newest sample of every stream from what a disk holds.

    `previous` is the run of the store before this one. Order is by id: clocks may have been wrong. Times are moved
    by `steps`, the clock maps.
    """
    newest: dict[StreamKey, PieceRow] = {}
    for one in pieces:
        if not isinstance(one, PieceRow) or (key := stream_key(one.channel, one.stream)) is None:
            continue
        known = newest.get(key)
        if known is None or (one.span, one.last_us) > (known.span, known.last_us):
            newest[key] = one
    ended = {one.id: one.reason for one in spans if isinstance(one, SpanRow) and one.ended}
    reason = _reason(previous, kernel_boot)
    maps = [one for one in steps if isinstance(one, ClockMapRow)]

    def seen(one: PieceRow) -> LastSeen:
        shift = sum(
            step.after_us - step.before_us
            for step in maps
            if step.kernel_boot == one.kernel_boot and step.monotonic_us > one.first_monotonic_us
        )
        was_due = ended.get(one.span) != NO_REASON
        return LastSeen(one.last_us + shift, reason, was_due, one.kernel_boot == kernel_boot)

    return {key: seen(one) for key, one in newest.items()}


def _reason(previous: BootRow | None, kernel_boot: bytes) -> GapReason:
    if previous is not None and previous.ended_us:
        return GapReason.STOPPED
    if previous is not None and previous.kernel_boot == kernel_boot:
        return GapReason.RESTARTED
    return GapReason.NO_POWER
