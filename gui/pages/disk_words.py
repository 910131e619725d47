"""What disks, pools, arrays and bays are told with: a line for lists, and facts one by one."""

from collections.abc import Sequence
from datetime import tzinfo

from gui.toolkit import theme as t
from gui.toolkit.theme import Colour
from gui.wall.moments import day
from gui.wall.sizes import size
from recorder.client.answers import ArrayStatus, BayStatus
from recorder.client.status import DiskState, DiskStatus, PoolState, PoolStatus
from recorder.client.words import _

HOURS_A_YEAR = 8766
HOURS_FEW = 48
DISKS: dict[DiskState, tuple[str, Colour]] = {
    DiskState.WRITABLE: (_("recording"), t.GOOD),
    DiskState.FULL: (_("full"), t.WARNING),
    DiskState.SLOW: (_("too slow"), t.WARNING),
    DiskState.READ_ONLY: (_("only plays"), t.WARNING),
    DiskState.FAILED: (_("failed"), t.DANGER),
    DiskState.MISSING: (_("missing"), t.DANGER),
}
POOLS: dict[PoolState, tuple[str, Colour]] = {
    PoolState.RECORDING: (_("recording"), t.GOOD),
    PoolState.NEARLY_FULL: (_("nearly full of footage that must be kept"), t.WARNING),
    PoolState.FULL: (_("full of footage that must be kept"), t.DANGER),
    PoolState.OUT: (_("none of its disks can be recorded to"), t.DANGER),
    PoolState.EMPTY: (_("no disks"), t.FAINT),
}
VERDICTS: dict[str, Colour] = {
    "unknown": t.SECOND,
    "good": t.GOOD,
    "watch": t.WARNING,
    "replace": t.DANGER,
    "failed": t.DANGER,
}
TECHNOLOGIES: dict[str, str] = {"hdd": _("Hard disk"), "ssd": _("Flash disk (SSD)"), "nvme": _("Flash disk (NVMe)")}
SELF_TESTS: dict[str, str] = {
    "none": _("Never"),
    "running": _("Running, {percent} % done"),
    "passed": _("Passed"),
    "failed": _("Failed: the drive found bad places"),
    "stopped": _("Given up before its end"),
}
LEVELS: dict[str, str] = {
    "raid0": _("RAID 0: one disk less loses all"),
    "raid1": _("RAID 1: each disk holds all"),
    "raid5": _("RAID 5: one disk may fail"),
    "raid6": _("RAID 6: two disks may fail"),
    "raid10": _("RAID 10: one disk of each pair may fail"),
}
ARRAYS: dict[str, tuple[str, Colour]] = {
    "good": (_("whole"), t.GOOD),
    "degraded": (_("a disk is missing, nothing is lost yet: replace it"), t.DANGER),
    "rebuilding": (_("is rebuilt"), t.WARNING),
    "verifying": (_("is compared"), t.GOOD),
    "failed": (_("too many disks are missing"), t.DANGER),
}
PACES: dict[str, str] = {
    "adaptive": _("As the disks have time"),
    "balanced": _("Balanced"),
    "recording_first": _("Recording first"),
    "sync_first": _("Rebuild first"),
}

Told = tuple[str, Colour]


def sentence(words: str) -> str:
    """Begin with a capital letter."""
    return words[:1].upper() + words[1:]


def room(used: int, total: int, rate: int) -> str:
    """Say how much is in use, and how fast it fills: "1.2 TB of 8.0 TB · 41.3 Mbit/s"."""
    words = _("{used} of {total}").format(used=size(used), total=size(total))
    return f"{words} · " + _("{rate:.1f} Mbit/s").format(rate=rate * 8 / 1e6) if rate else words


def disk(one: DiskStatus) -> Told:
    """Say what a recording disk does."""
    words, colour = DISKS[one.state]
    if one.rebuilt is not None:
        words, colour = _("being read anew, {percent} %").format(percent=one.rebuilt), t.WARNING
    return words, t.FAINT if one.set_aside else colour


def disk_line(one: DiskStatus, zone: tzinfo) -> Told:
    """Say it with its pool, since when there is footage, and what is wrong."""
    words, colour = disk(one)
    parts = [_("pool {number}").format(number=one.pool), words, *since_day(one.oldest_us, zone)]
    return sentence(" · ".join([*parts, one.reason] if one.reason else parts)), colour


def pool_line(one: PoolStatus, zone: tzinfo) -> Told:
    """Say how a pool is, and how long its room lasts."""
    words, colour = POOLS[one.state]
    parts = [words, *since_day(one.oldest_us, zone)]
    if one.days is not None:
        parts.append(_("room for {days:.1f} days").format(days=one.days))
    return sentence(" · ".join(parts)), colour


def since_day(at_us: int | None, zone: tzinfo) -> list[str]:
    """Say where footage begins, if it does."""
    return [] if at_us is None else [_("since {day}").format(day=day(at_us, zone))]


def bay_state(bay: BayStatus, recording: DiskStatus | None) -> Told:
    """Say what an owner should know of a bay first."""
    if bay.job is not None and not bay.job.state.over:
        words = _("is made ready, {percent:.0f} %") if bay.job.work == "prepare" else _("is let go, {percent:.0f} %")
        return words.format(percent=bay.job.percent), t.WARNING
    if bay.fault:
        return bay.fault.rstrip("."), t.DANGER
    if not bay.occupied:
        return _("empty"), t.FAINT
    if bay.system:
        return _("the recorder starts from it"), t.SECOND
    if recording is not None:
        return disk(recording)
    if bay.array:
        return _("part of the array {array}").format(array=bay.array), t.SECOND
    return _("not used for recording"), t.WARNING


def bay_line(bay: BayStatus, recording: DiskStatus | None, zone: tzinfo) -> Told:
    """Say a bay in a line: what it does, its pool, how the drive is."""
    words, colour = bay_state(bay, recording)
    parts = [words]
    if recording is not None and not bay.fault:
        parts = [_("pool {number}").format(number=recording.pool), *parts, *since_day(recording.oldest_us, zone)]
        parts += [recording.reason] if recording.reason else []
    if bay.occupied and bay.words and bay.words.rstrip(".") not in parts:
        parts.append(bay.words.rstrip("."))
        colour = colour if colour in {t.DANGER, t.WARNING} else VERDICTS.get(bay.verdict, colour)
    if bay.temperature_c is not None:
        parts.append(_("{degrees} °C").format(degrees=bay.temperature_c))
    return sentence(" · ".join(parts)), colour


def bay_facts(bay: BayStatus, recording: DiskStatus | None, zone: tzinfo) -> list[tuple[str, str, Colour]]:
    """Give name, words and colour of all that is known of the disk in a bay."""
    found: list[tuple[str, str, Colour]] = [
        (_("Disk"), bay.model or _("It does not tell"), t.TEXT),
        (_("Serial number"), bay.serial or _("It does not tell"), t.TEXT),
        (_("Kind and size"), f"{TECHNOLOGIES.get(bay.technology, bay.technology)}, {size(bay.capacity_bytes)}", t.TEXT),
    ]
    if bay.words and bay.words != bay.fault:  # else it stands above already
        found.append((_("Health"), bay.words.rstrip("."), VERDICTS.get(bay.verdict, t.TEXT)))
    if bay.temperature_c is not None:
        degrees = _("{degrees} °C").format(degrees=bay.temperature_c)
        found.append((_("Temperature"), degrees + (f" ({_('before it rested')})" if bay.standby else ""), t.TEXT))
    if bay.power_on_h is not None:
        found.append((_("In use for"), _in_use(bay.power_on_h), t.TEXT))
    if bay.year_bytes is not None:
        load = _("{moved} a year").format(moved=size(bay.year_bytes))
        if bay.year_rating_bytes is not None:
            load += ", " + _("made for {most}").format(most=size(bay.year_rating_bytes))
        over = bay.year_rating_bytes is not None and bay.year_bytes > bay.year_rating_bytes
        found.append((_("Load"), load, t.WARNING if over else t.TEXT))
    if bay.worn_percent is not None:
        found.append((_("Wear"), _("{percent} % used up").format(percent=bay.worn_percent), t.TEXT))
    test = SELF_TESTS.get(bay.self_test, bay.self_test).format(percent=bay.self_test_percent)
    found.append((_("Self-test"), test, t.DANGER if bay.self_test == "failed" else t.TEXT))
    if recording is not None:
        words, _colour = disk_line(recording, zone)
        filled = room(recording.used_bytes, recording.total_bytes, recording.write_bytes_per_s)
        found += [(_("Recording"), f"{recording.name}: {words}", t.TEXT), (_("Room"), filled, t.TEXT)]
    return found


def _in_use(hours: int) -> str:
    if hours < HOURS_FEW:
        return _("{hours} hours").format(hours=hours)
    if hours < HOURS_A_YEAR:
        return _("{days} days").format(days=hours // 24)
    return _("{years:.1f} years").format(years=hours / HOURS_A_YEAR)


def array_line(one: ArrayStatus) -> Told:
    """Say how an array is, and how far a rebuild is and how long it takes."""
    words, colour = ARRAYS.get(one.health, (one.health, t.WARNING))
    parts = [LEVELS.get(one.level, one.level), words]
    if one.progress_percent is not None:
        parts.append(_("{percent:.1f} %").format(percent=one.progress_percent))
        if one.bytes_per_s > 0:
            left_s = one.capacity_bytes * (100 - one.progress_percent) / 100 / one.bytes_per_s
            parts.append(_("about {hours:.1f} hours left").format(hours=left_s / 3600))
    if one.mismatches:
        parts.append(_("{count} places differed").format(count=one.mismatches))
    return " · ".join(parts), colour


def members(one: ArrayStatus) -> str:
    """Say which bays an array is made of: "Bays 1, 2 · spare 3"."""
    by_role: dict[str, list[str]] = {}
    for member in one.members:
        by_role.setdefault(member.role, []).append(member.bay)
    words = {"active": _("bays"), "rebuilding": _("rebuilding"), "spare": _("spare"), "failed": _("failed")}
    return sentence(" · ".join(f"{words.get(role, role)} {', '.join(bays)}" for role, bays in by_role.items()))


def recording_in(bay: BayStatus, disks: Sequence[DiskStatus]) -> DiskStatus | None:
    """Give the recording disk that a bay holds or misses."""
    return next((one for one in disks if bay.place and one.place == bay.place), None)
