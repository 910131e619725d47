"""The list of all that is recorded to, in words: bays, arrays, disks that are in no bay, pools."""

from collections.abc import Sequence

from hal.client.sizes import size
from recorder.client import disk_words
from recorder.client.answers import ArrayStatus, BayStatus, Fact, FreeDisk, Status, StorageRow
from recorder.client.disk_words import Day
from recorder.client.status import DiskStatus, PoolStatus
from recorder.client.words import _


def rows(told: Status, day: Day) -> tuple[StorageRow, ...]:
    """Give a row for each; `day` writes the day of a stored time."""
    disks = _disks(told)
    free = tuple(one.bay for one in free_disks(told))
    pools = told.media.pools if told.media is not None else ()
    places = {one.place for one in (*told.bays, *told.arrays) if one.place}
    elsewhere = [one for one in disks if one.place not in places or not one.place]
    return (
        *(_bay(one, disk_words.recording_in(one, disks), day) for one in told.bays),
        *(_array(one, disk_words.recording_in(one, disks), day, free) for one in told.arrays),
        *(_disk(one, day) for one in elsewhere),
        *(_pool(one, day) for one in pools),
    )


def _bay(one: BayStatus, recording: DiskStatus | None, day: Day) -> StorageRow:
    words, tone = disk_words.bay_line(one, recording, day)
    label = _("Bay {name}").format(name=one.name) + (f"  {one.model}" if one.occupied else "")
    note = size(one.capacity_bytes) if one.occupied else ""
    if recording is not None:
        note = disk_words.room(recording.used_bytes, recording.total_bytes, recording.write_bytes_per_s)
    facts = disk_words.bay_facts(one, recording, day) if one.occupied else []
    about = tuple(Fact(*fact) for fact in facts)
    disk = recording.id if recording is not None else ""
    return StorageRow("bay", one.name, label, words, tone, note, about, _bay_deeds(one, recording), disk)


def _bay_deeds(one: BayStatus, recording: DiskStatus | None) -> tuple[str, ...]:
    if one.job is not None and not one.job.state.over:
        return ("cancel",)
    light = ("locate_off" if one.located else "locate",) if one.light else ()
    if not one.occupied:
        return (*light, "scan")
    test = "stop_test" if one.self_test == "running" else "test"
    if one.system or one.array:
        return (*light, "check", test)
    return (*light, "check", test, "release") + (("prepare",) if recording is None else ())


def free_disks(told: Status) -> tuple[FreeDisk, ...]:
    """List the disks that are used for nothing, which arrays are made of."""
    return tuple(
        FreeDisk(one.name, f"{one.model}, {size(one.capacity_bytes)}", one.serial, one.capacity_bytes)
        for one in told.bays
        if one.serial and "prepare" in _bay_deeds(one, disk_words.recording_in(one, _disks(told)))
    )


def _disks(told: Status) -> Sequence[DiskStatus]:
    return told.media.disks if told.media is not None else ()


def _array(one: ArrayStatus, recording: DiskStatus | None, day: Day, free: tuple[str, ...]) -> StorageRow:
    words, tone = disk_words.array_line(one, recording, day)
    label = (
        _("Array {title}").format(title=one.title)
        + f"  {disk_words.LEVELS.get(one.level, one.level).partition(':')[0]}"
    )
    note, disk = disk_words.members(one), ""
    if recording is not None:
        filled = disk_words.room(recording.used_bytes, recording.total_bytes, recording.write_bytes_per_s)
        note, disk = f"{note} · {filled}", recording.id
    about = tuple(Fact(*fact) for fact in disk_words.array_facts(one, recording, day))
    return StorageRow(
        "array",
        one.name,
        label,
        words,
        tone,
        note,
        about,
        _array_deeds(one, recording, free),
        disk,
        one.pace,
        free,
        active=_bays(one, "active"),
        idle=_bays(one, "spare", "failed"),
    )


def _bays(one: ArrayStatus, *roles: str) -> tuple[str, ...]:
    """Name the bays whose disks do that in an array, and answer."""
    return tuple(member.bay for member in one.members if member.role in roles and not member.gone)


def _array_deeds(one: ArrayStatus, recording: DiskStatus | None, free: tuple[str, ...]) -> tuple[str, ...]:
    if one.job is not None and not one.job.state.over:
        return ("cancel",)
    can = ("verify",) if one.health == "good" and one.level != "raid0" else ()
    can = can if one.level == "raid0" else (*can, "pace")
    can = (*can, "add") if free and one.level != "raid0" else can
    can = (*can, "replace") if free and one.level != "raid0" and one.health == "good" and not one.system else can
    can = (*can, "remove") if _bays(one, "spare", "failed") else can
    can = (*can, "forget") if any(member.gone for member in one.members) else can
    return can if one.system or recording is not None else (*can, "prepare", "delete")


def _disk(one: DiskStatus, day: Day) -> StorageRow:
    words, tone = disk_words.disk_line(one, day)
    note = disk_words.room(one.used_bytes, one.total_bytes, one.write_bytes_per_s)
    return StorageRow("disk", one.id, one.place or one.name, words, tone, note)


def _pool(one: PoolStatus, day: Day) -> StorageRow:
    words, tone = disk_words.pool_line(one, day)
    label = _("Pool {number}  {name}").format(number=one.number, name=one.name).strip()
    note = disk_words.room(one.used_bytes, one.total_bytes, one.write_bytes_per_s)
    return StorageRow("pool", str(one.number), label, words, tone, note)
