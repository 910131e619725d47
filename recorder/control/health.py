"""Whether all is well: what an owner would look after, put together from what media, disks, clock and the list tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from recorder.client import disk_words
from recorder.client.answers import Day, Health, HealthLine, MailTest, Status, Wholeness
from recorder.client.camera_clock import camera_clock_words
from recorder.client.clock import SECOND_US
from recorder.client.outage import Outage, words_of
from recorder.client.status import DiskState
from recorder.client.stream import StreamName
from recorder.client.tone import Tone
from recorder.client.words import _, counted
from recorder.control.clock_words import clock_words
from recorder.settings.kept_clock import KeptClock

MOST_NAMED = 6
"""Cameras named one by one; the rest is counted."""
_WORST = (Tone.BAD, Tone.WARNING)


@dataclass(frozen=True)
class Known:
    """What is looked at, already cut down to what the caller may know."""

    status: Status
    due: frozenset[int]
    outage: Outage | None
    test_mail: MailTest | None
    mail_wanted: bool
    """Mail is set up, and the caller may know of it."""
    clock: KeptClock | None
    yesterday: Sequence[Day] | None
    """None: nobody can tell."""
    plays: frozenset[int]
    """Channels whose recordings the caller may know of."""
    moment: Callable[[int], str]
    """Writes a time with its day."""
    precise: Callable[[int], str]
    """Writes a time with seconds."""


def health(known: Known) -> Health:
    """Put it together."""
    status = known.status
    media = status.media
    names = dict(media.names) if media is not None else {}
    recording = {one.channel for one in media.streams if one.recording} if media is not None else set[int]()
    oldest = {
        one.channel: one.oldest_us
        for one in (media.footage if media is not None else ())
        if one.stream is StreamName.MAIN and one.channel in known.plays
    }
    lines = (
        _recording(known, recording, names),
        *([_footage(known, oldest, names)] if known.plays else []),
        *_disks(known),
        _clock(known, names),
        *_machine(status),
        _power(known),
        *_mail(known),
        # Of recordings nobody is told anything who may play none, not even that there are none.
        *([_yesterday(known, names)] if known.plays else []),
    )
    tone = next((one for one in _WORST if any(line.tone is one for line in lines)), Tone.GOOD)
    wrong = [one.label for one in lines if one.tone.trouble]
    words = _("Somebody should look at: {what}.").format(what=", ".join(dict.fromkeys(wrong))) if wrong else ""
    return Health(
        time_us=status.time_us,
        tone=tone,
        words=words or _("All is well."),
        lines=lines,
        due=tuple(sorted(known.due)),
        recording=tuple(sorted(recording)),
        missing=tuple(sorted(known.due - recording)),
        oldest_us=oldest,
        clock_kept=known.clock.kept if known.clock is not None else None,
        clock_error_us=known.clock.error_us if known.clock is not None and known.clock.kept else None,
        outage=known.outage,
        test_mail=known.test_mail,
        yesterday=tuple(known.yesterday or ()),
    )


def _named(channels: Sequence[int], names: Mapping[int, str]) -> str:
    found = [names.get(one) or _("Camera {number}").format(number=one) for one in channels[:MOST_NAMED]]
    if len(channels) > MOST_NAMED:
        found.append(_("and {count} more").format(count=len(channels) - MOST_NAMED))
    return ", ".join(found)


def _recording(known: Known, recording: set[int], names: Mapping[int, str]) -> HealthLine:
    label, due = _("Recording"), known.due
    if known.status.media is None:
        return HealthLine("recording", label, _("The recording service does not answer."), Tone.BAD)
    missing = sorted(due - recording)
    if missing:
        words = counted(
            "{count} of {all} channels records; not: {names}.",
            "{count} of {all} channels record; not: {names}.",
            len(due) - len(missing),
            all=len(due),
            names=_named(missing, names),
        )
        return HealthLine("recording", label, words, Tone.BAD)
    if due:
        words = counted("{count} of {count} channel records.", "{count} of {count} channels record.", len(due))
        return HealthLine("recording", label, words, Tone.GOOD)
    words = _("Nothing is to be recorded at this hour.") if known.status.channels else _("There is no camera yet.")
    return HealthLine("recording", label, words, Tone.QUIET)


def _footage(known: Known, oldest: Mapping[int, int], names: Mapping[int, str]) -> HealthLine:
    label = _("Oldest footage")
    if not oldest:
        return HealthLine("footage", label, _("Nothing is recorded yet."), Tone.QUIET)
    ordered = sorted(oldest.items(), key=lambda one: -one[1])
    shown = [f"{_named([channel], names)} {known.moment(at_us)}" for channel, at_us in ordered[:MOST_NAMED]]
    if len(ordered) > MOST_NAMED:
        shown.append(
            counted(
                "and {count} more that reaches back further",
                "and {count} more that reach back further",
                len(ordered) - MOST_NAMED,
            )
        )
    return HealthLine("footage", label, ", ".join(shown), Tone.PLAIN)


def _disks(known: Known) -> tuple[HealthLine, ...]:
    media = known.status.media
    label = _("Disks")
    if media is None:
        return ()
    if not media.disks:
        return (HealthLine("disks", label, _("There is no disk to record on."), Tone.BAD),)
    ill = [one for one in media.disks if one.state is not DiskState.WRITABLE and not one.set_aside]
    if not ill:
        used, total = sum(one.used_bytes for one in media.disks), sum(one.total_bytes for one in media.disks)
        words = _("{count} recording, {room}").format(count=len(media.disks), room=disk_words.room(used, total, 0))
        return (HealthLine("disks", label, words, Tone.GOOD),)
    parts: list[str] = []
    for one in ill:
        state, _tone = disk_words.DISKS[one.state]
        # Why a disk is not there, the system alone would say, in words of its own.
        reason = "" if one.state is DiskState.MISSING else one.reason.rstrip(".")
        parts.append(f"{one.name}: {state}" + (f" ({reason})" if reason else ""))
    return (HealthLine("disks", label, "; ".join(parts), Tone.BAD),)


def _clock(known: Known, names: Mapping[int, str]) -> HealthLine:
    label = _("Clock")
    media = known.status.media
    streams = media.streams if media is not None else ()
    off = sorted({one.channel for one in streams if camera_clock_words(one.clock_off_us)})
    if off:
        words = _("The clocks of these cameras are wrong: {names}.").format(names=_named(off, names))
        return HealthLine("clock", label, words, Tone.WARNING)
    return HealthLine("clock", label, *clock_words(known.clock))


def _machine(status: Status) -> tuple[HealthLine, ...]:
    if not status.troubles:
        return ()
    words = " ".join(one.words for one in status.troubles)
    return (HealthLine("machine", _("Machine"), words, Tone.WARNING),)


def _power(known: Known) -> HealthLine:
    label, outage = _("Last power cut"), known.outage
    if outage is None:
        return HealthLine("power", label, _("None is known."), Tone.QUIET)
    return HealthLine("power", label, words_of(outage, known.moment, known.precise), Tone.PLAIN)


def _mail(known: Known) -> tuple[HealthLine, ...]:
    label, mail = _("Test mail"), known.test_mail
    if not known.mail_wanted:
        return ()
    if mail is None:
        return (HealthLine("mail", label, _("None was sent yet. Send one on the page E-mail."), Tone.WARNING),)
    when = known.moment(mail.at_us)
    if mail.sent:
        words = _("Sent {moment}.").format(moment=when)
        return (HealthLine("mail", label, words, Tone.GOOD),)
    words = _("It failed {moment}: {problem}").format(moment=when, problem=mail.words)
    return (HealthLine("mail", label, words, Tone.BAD),)


def _yesterday(known: Known, names: Mapping[int, str]) -> HealthLine:
    label, days = _("Yesterday"), known.yesterday
    if days is None:
        return HealthLine("yesterday", label, _("Nobody can tell now how complete it is."), Tone.QUIET)
    due = [one for one in days if one.due_us]
    if not due:
        return HealthLine("yesterday", label, _("Nothing was to be recorded."), Tone.QUIET)
    lacking = [one for one in due if one.state is Wholeness.INCOMPLETE]
    if not lacking:
        words = counted("{count} of {count} channel complete.", "{count} of {count} channels complete.", len(due))
        return HealthLine("yesterday", label, words, Tone.GOOD)
    missing_us = sum(sum(one.missing_us.values()) for one in lacking)
    share = 100 * (1 - missing_us / sum(one.due_us for one in due))
    words = _("{share:.2f} % recorded; missing {seconds} s of {names}.").format(
        share=share, seconds=round(missing_us / SECOND_US), names=_named([one.channel for one in lacking], names)
    )
    return HealthLine("yesterday", label, words, Tone.WARNING)
