"""What disks, pools, arrays and bays are told with: a line for lists, and facts one by one."""

from collections.abc import Callable, Sequence

from hal.client.sizes import size
from recorder.client.answers import ArrayStatus, BayJob, BayStatus, BayTask
from recorder.client.status import DiskState, DiskStatus, PoolState, PoolStatus
from recorder.client.tone import Tone
from recorder.client.words import _, counted

HOURS_A_YEAR = 8766
HOURS_FEW = 48
DISKS: dict[DiskState, tuple[str, Tone]] = {
    DiskState.WRITABLE: (_("recording"), Tone.GOOD),
    DiskState.FULL: (_("full"), Tone.WARNING),
    DiskState.SLOW: (_("too slow"), Tone.WARNING),
    DiskState.READ_ONLY: (_("only plays"), Tone.WARNING),
    DiskState.FAILED: (_("failed"), Tone.BAD),
    DiskState.MISSING: (_("missing"), Tone.BAD),
}
POOLS: dict[PoolState, tuple[str, Tone]] = {
    PoolState.RECORDING: (_("recording"), Tone.GOOD),
    PoolState.NEARLY_FULL: (_("nearly full of footage that must be kept"), Tone.WARNING),
    PoolState.FULL: (_("full of footage that must be kept"), Tone.BAD),
    PoolState.OUT: (_("none of its disks can be recorded to"), Tone.BAD),
    PoolState.EMPTY: (_("no disks"), Tone.FAINT),
}
VERDICTS: dict[str, Tone] = {
    "unknown": Tone.QUIET,
    "good": Tone.GOOD,
    "watch": Tone.WARNING,
    "replace": Tone.BAD,
    "failed": Tone.BAD,
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
ARRAYS: dict[str, tuple[str, Tone]] = {
    "good": (_("whole"), Tone.GOOD),
    "degraded": (_("a disk is missing, nothing is lost yet: replace it"), Tone.BAD),
    "rebuilding": (_("is rebuilt"), Tone.WARNING),
    "verifying": (_("is compared"), Tone.GOOD),
    "failed": (_("too many disks are missing"), Tone.BAD),
}
JOBS: dict[BayTask, str] = {
    BayTask.PREPARE: _("is made ready, {percent:.0f} %"),
    BayTask.RELEASE: _("is let go, {percent:.0f} %"),
    BayTask.ARRAY: _("becomes part of an array, {percent:.0f} %"),
    BayTask.OUT: _("is taken out of its array, {percent:.0f} %"),
    BayTask.APART: _("is taken apart, {percent:.0f} %"),
}
PACES: dict[str, str] = {
    "adaptive": _("As the disks have time"),
    "balanced": _("Balanced"),
    "recording_first": _("Recording first"),
    "sync_first": _("Rebuild first"),
}

Told = tuple[str, Tone]
Day = Callable[[int], str]
"""How the day of a stored time is written."""


def sentence(words: str) -> str:
    """Begin with a capital letter."""
    return words[:1].upper() + words[1:]


def room(used: int, total: int, rate: int) -> str:
    """Say how much is in use, and how fast it fills: "1.2 TB of 8.0 TB · 41.3 Mbit/s"."""
    words = _("{used} of {total}").format(used=size(used), total=size(total))
    return f"{words} · " + _("{rate:.1f} Mbit/s").format(rate=rate * 8 / 1e6) if rate else words


def disk(one: DiskStatus) -> Told:
    """Say what a recording disk does."""
    words, tone = DISKS[one.state]
    if one.rebuilt is not None:
        words, tone = _("being read anew, {percent} %").format(percent=one.rebuilt), Tone.WARNING
    return words, Tone.FAINT if one.set_aside else tone


def disk_line(one: DiskStatus, day: Day) -> Told:
    """Say it with its pool, since when there is footage, and what is wrong."""
    words, tone = disk(one)
    parts = [_("pool {number}").format(number=one.pool), words, *since_day(one.oldest_us, day)]
    return sentence(" · ".join([*parts, one.reason] if one.reason else parts)), tone


def pool_line(one: PoolStatus, day: Day) -> Told:
    """Say how a pool is, and how long its room lasts."""
    words, tone = POOLS[one.state]
    parts = [words, *since_day(one.oldest_us, day)]
    if one.days is not None:
        parts.append(room_for(one.days))
    return sentence(" · ".join(parts)), tone


def room_for(days: float) -> str:
    """Say how long the room of a pool lasts at the present rate: "0.1 days" tells nobody anything, so few are hours."""
    if days * 24 < HOURS_FEW:
        return _("room for {hours:.1f} hours").format(hours=days * 24)
    return _("room for {days:.1f} days").format(days=days)


def since_day(at_us: int | None, day: Day) -> list[str]:
    """Say where footage begins, if it does."""
    return [] if at_us is None else [_("since {day}").format(day=day(at_us))]


def job_words(job: BayJob | None) -> str:
    """Say what is being done with a disk or an array, and how far that is; empty: nothing is."""
    return JOBS[job.work].format(percent=job.percent) if job is not None and not job.state.over else ""


def bay_state(bay: BayStatus, recording: DiskStatus | None) -> Told:
    """Say what an owner should know of a bay first."""
    if words := job_words(bay.job):
        return words, Tone.WARNING
    if bay.fault:
        return bay.fault.rstrip("."), Tone.BAD
    if not bay.occupied:
        return _("empty"), Tone.FAINT
    if bay.system:
        return _("the recorder starts from it"), Tone.QUIET
    if recording is not None:
        return disk(recording)
    if bay.array:
        return _("part of the array {array}").format(array=bay.array), Tone.QUIET
    return _("not used for recording"), Tone.WARNING


def bay_line(bay: BayStatus, recording: DiskStatus | None, day: Day) -> Told:
    """Say a bay in a line: what it does, its pool, how the drive is."""
    words, tone = bay_state(bay, recording)
    parts = [words]
    if recording is not None and not bay.fault:
        parts = [_("pool {number}").format(number=recording.pool), *parts, *since_day(recording.oldest_us, day)]
        parts += [recording.reason] if recording.reason else []
    if bay.occupied and bay.words and bay.words.rstrip(".") not in parts:
        parts.append(bay.words.rstrip("."))
        tone = tone if tone in {Tone.BAD, Tone.WARNING} else VERDICTS.get(bay.verdict, tone)
    if bay.temperature_c is not None:
        parts.append(_("{degrees} °C").format(degrees=bay.temperature_c))
    return sentence(" · ".join(parts)), tone


def bay_facts(bay: BayStatus, recording: DiskStatus | None, day: Day) -> list[tuple[str, str, Tone]]:
    """Give name, words and tone of all that is known of the disk in a bay."""
    found: list[tuple[str, str, Tone]] = [
        (_("Disk"), bay.model or _("It does not tell"), Tone.PLAIN),
        (_("Serial number"), bay.serial or _("It does not tell"), Tone.PLAIN),
        (
            _("Kind and size"),
            f"{TECHNOLOGIES.get(bay.technology, bay.technology)}, {size(bay.capacity_bytes)}",
            Tone.PLAIN,
        ),
    ]
    if bay.words and bay.words != bay.fault:  # else it stands above already
        found.append((_("Health"), bay.words.rstrip("."), VERDICTS.get(bay.verdict, Tone.PLAIN)))
    if bay.temperature_c is not None:
        degrees = _("{degrees} °C").format(degrees=bay.temperature_c)
        found.append((_("Temperature"), degrees + (f" ({_('before it rested')})" if bay.standby else ""), Tone.PLAIN))
    if bay.power_on_h is not None:
        found.append((_("In use for"), _in_use(bay.power_on_h), Tone.PLAIN))
    if bay.year_bytes is not None:
        load = _("{moved} a year").format(moved=size(bay.year_bytes))
        if bay.year_rating_bytes is not None:
            load += ", " + _("made for {most}").format(most=size(bay.year_rating_bytes))
        over = bay.year_rating_bytes is not None and bay.year_bytes > bay.year_rating_bytes
        found.append((_("Load"), load, Tone.WARNING if over else Tone.PLAIN))
    if bay.worn_percent is not None:
        found.append((_("Wear"), _("{percent} % used up").format(percent=bay.worn_percent), Tone.PLAIN))
    test = SELF_TESTS.get(bay.self_test, bay.self_test).format(percent=bay.self_test_percent)
    found.append((_("Self-test"), test, Tone.BAD if bay.self_test == "failed" else Tone.PLAIN))
    return found + (_recording_facts(recording, day) if recording is not None else [])


def _in_use(hours: int) -> str:
    if hours < HOURS_FEW:
        return counted("{count} hour", "{count} hours", hours)
    if hours < HOURS_A_YEAR:
        return counted("{count} day", "{count} days", hours // 24)
    return _("{years:.1f} years").format(years=hours / HOURS_A_YEAR)


def array_line(one: ArrayStatus, recording: DiskStatus | None, day: Day) -> Told:
    """Say how an array is, what is recorded to it, how far a rebuild is and how long it takes."""
    words, tone = ARRAYS.get(one.health, (one.health, Tone.WARNING))
    parts = [words]
    if one.progress_percent is not None:
        parts.append(_("{percent:.1f} %").format(percent=one.progress_percent))
        if one.bytes_per_s > 0:
            left_s = one.capacity_bytes * (100 - one.progress_percent) / 100 / one.bytes_per_s
            parts.append(_("about {hours:.1f} hours left").format(hours=left_s / 3600))
    if one.mismatches:
        parts.append(counted("{count} place differed", "{count} places differed", one.mismatches))
    used, its = _array_use(one, recording, day)
    if its in {Tone.BAD, Tone.WARNING} and tone is not Tone.BAD:
        tone = its
    return sentence(" · ".join([*used, *parts])), tone


def _array_use(one: ArrayStatus, recording: DiskStatus | None, day: Day) -> tuple[list[str], Tone]:
    """Say what is done with an array, or what it is used for."""
    if words := job_words(one.job):
        return [words], Tone.WARNING
    if one.fault:
        return [one.fault.rstrip(".")], Tone.BAD
    if one.system:
        return [_("the recorder starts from it")], Tone.QUIET
    if recording is None:
        return [_("not used for recording")], Tone.WARNING
    words, tone = disk(recording)
    parts = [_("pool {number}").format(number=recording.pool), words, *since_day(recording.oldest_us, day)]
    return parts + ([recording.reason] if recording.reason else []), tone


def array_facts(one: ArrayStatus, recording: DiskStatus | None, day: Day) -> list[tuple[str, str, Tone]]:
    """Give name, words and tone of all that is known of an array."""
    found: list[tuple[str, str, Tone]] = [
        (_("Kind and size"), f"{LEVELS.get(one.level, one.level)}, {size(one.capacity_bytes)}", Tone.PLAIN),
        (_("Its disks"), members(one), Tone.PLAIN),
        (_("Id"), one.uuid or _("It does not tell"), Tone.PLAIN),
        (_("Who goes first"), PACES.get(one.pace, one.pace), Tone.PLAIN),
    ]
    if one.level != "raid0":
        words = _("There for every array that shares its spares") if one.shares else _("Its own alone")
        found.append((_("Spares"), words, Tone.PLAIN))
    return found + (_recording_facts(recording, day) if recording is not None else [])


def _recording_facts(recording: DiskStatus, day: Day) -> list[tuple[str, str, Tone]]:
    words, _tone = disk_line(recording, day)
    filled = room(recording.used_bytes, recording.total_bytes, recording.write_bytes_per_s)
    return [(_("Recording"), f"{recording.name}: {words}", Tone.PLAIN), (_("Room"), filled, Tone.PLAIN)]


def members(one: ArrayStatus) -> str:
    """Say which bays an array is made of: "Bays 1, 2 · spare 3 · 1 missing"."""
    by_role: dict[str, list[str]] = {}
    for member in one.members:
        by_role.setdefault(member.role, []).append("" if member.gone else member.bay)
    words = {"active": _("bays"), "rebuilding": _("rebuilding"), "spare": _("spare"), "failed": _("failed")}
    parts = [f"{words.get(role, role)} {', '.join(filter(None, bays)) or _('gone')}" for role, bays in by_role.items()]
    missing = one.disks_wanted - sum(len(by_role.get(role, ())) for role in ("active", "rebuilding"))
    parts += [_("{count} missing").format(count=missing)] if missing > 0 else []
    return sentence(" · ".join(parts))


def recording_in(volume: BayStatus | ArrayStatus, disks: Sequence[DiskStatus]) -> DiskStatus | None:
    """Give the recording disk that a bay holds or misses, or that an array is."""
    return next((one for one in disks if volume.place and one.place == volume.place), None)
