"""What a step of the wall clock does to what was logged by it before: it moves to its true time (architecture §3).

Footage keeps its times, and a clock map moves it when it is searched. Gaps, due time and marks bear wall times alone,
so they are logged anew. The clock ran wrong since the kernel booted, as far as anybody knows: what lies between that
moment and the step, by the clock before it, is moved; what earlier boots logged is not.
"""

from collections.abc import Collection, Iterable

from recorder.client.clock import SECOND_US
from recorder.store.contents import Contents
from recorder.store.intervals import Interval
from recorder.store.row_format import key_of, pack
from recorder.store.rows import BootRow, ClockMapRow, DueRow, GapRow, GoneRow, MarkRow, Row, RowKind

# Samples and rows of the last moment may lie a little ahead of the clock that they were logged by.
_AHEAD_US = SECOND_US
# A run logs what is due as soon as it has started; so far its first row may lie behind that.
_AT_START_US = 10 * SECOND_US


def is_of_boot(at_us: int, step: ClockMapRow) -> bool:
    """Whether a time was told by the clock that this step corrected."""
    return booted_us(step) <= at_us <= step.before_us + _AHEAD_US


def booted_us(step: ClockMapRow) -> int:
    """Give when the kernel booted, by the clock before the step."""
    return step.before_us - step.monotonic_us


def moved(at_us: int, step: ClockMapRow) -> int:
    """Give the true time of a time that was logged before the step."""
    return at_us + step.after_us - step.before_us if is_of_boot(at_us, step) else at_us


def _boot_moved(start_us: int, step: ClockMapRow) -> int:
    """Give when the kernel truly booted; by the clock before the step where that would be before `start_us`.

    A step to a time that cannot be true takes nothing from what is known of the time before the boot.
    """
    booted = booted_us(step)
    true_us = moved(booted, step)
    return true_us if true_us > start_us else booted


def gap_moved(start_us: int, end_us: int, step: ClockMapRow) -> Interval:
    """Give a gap as it holds behind a step; one that began before the boot is known up to the boot."""
    if start_us < booted_us(step) and is_of_boot(end_us, step):
        return start_us, _boot_moved(start_us, step)
    return moved(start_us, step), moved(end_us, step)


def told_since_us(rows: Iterable[Row], step: ClockMapRow, runs: Collection[int], began_us: int) -> int | None:
    """Give from when on the runs of this boot say themselves what was due of a stream, by the clock before the step.

    `began_us` is the monotonic time at which the first of them started. None where it said nothing at once.
    """
    began = booted_us(step) + began_us
    starts = [one.start_us for one in rows if isinstance(one, DueRow) and one.boot in runs]
    return next((at_us for at_us in sorted(starts) if abs(at_us - began) <= _AT_START_US), None)


def due_moved(row: DueRow, step: ClockMapRow, runs: Collection[int], told_us: int | None) -> list[DueRow]:
    """Give a due row as it holds behind a step: what was still ahead is told anew by whoever knows the plan.

    `runs` are those of this boot of the kernel, which say since `told_us` what was due of the stream
    (`told_since_us`); what a row of another says of the time before stands.
    """
    booted, of_boot = booted_us(step), row.boot in runs
    if not of_boot and told_us is not None:
        true_us = moved(told_us, step)
        goes_on = row.start_us > step.before_us and row.end_us > true_us
        ended = row.start_us < told_us and abs(row.end_us - told_us) <= _AHEAD_US
        if (goes_on or ended) and row.start_us < true_us:
            # Told by a clock that was ahead of this one, or cut here by another step: the rest is told by this boot.
            return [row._replace(end_us=true_us, boot=0)]
    ends_at_boot = not of_boot and abs(row.end_us - booted) <= _AHEAD_US
    if ends_at_boot and row.start_us < booted:
        return [row._replace(end_us=_boot_moved(row.start_us, step))]
    if row.start_us > step.before_us or (not of_boot and row.end_us <= step.before_us):
        # Of an earlier boot, maybe by a clock that was ahead of this one.
        return [row]
    end_us = min(row.end_us, step.before_us)
    before = row._replace(end_us=end_us, boot=0)
    if row.start_us >= booted:
        before = before._replace(end_us=row.start_us)
    elif end_us > booted:
        # It went on through the boot, which was when it truly was.
        before = before._replace(end_us=_boot_moved(row.start_us, step))
    start_us = moved(max(booted, row.start_us), step)
    since = row._replace(start_us=start_us, end_us=moved(end_us, step), boot=max(runs, default=row.boot))
    return [one for one in (before, since) if one.start_us < one.end_us]


def rows_moved(contents: Contents, step: ClockMapRow) -> list[Row]:
    """Give the rows that put right what a catalog holds, to be logged behind the step."""
    boots = {(one.recorder, one.boot): one.kernel_boot for one in contents.of(RowKind.BOOT) if isinstance(one, BootRow)}
    runs = {boot for (_recorder, boot), kernel_boot in boots.items() if kernel_boot == step.kernel_boot}
    began_us = first_start_us(contents.of(RowKind.BOOT), step.kernel_boot)
    due: dict[tuple[int, int], list[Row]] = {}
    for row in contents.of(RowKind.DUE):
        if isinstance(row, DueRow):
            due.setdefault((row.channel, row.stream), []).append(row)
    told = {stream: told_since_us(rows, step, runs, began_us) for stream, rows in due.items()}
    found: list[Row] = []
    for row in [*contents.of(RowKind.GAP), *contents.of(RowKind.DUE), *contents.of(RowKind.MARK)]:
        match row:
            case GapRow() if boots.get(row.id[:2], step.kernel_boot) == step.kernel_boot:
                start_us, end_us = gap_moved(row.start_us, row.end_us, step)
                if (start_us, end_us) != (row.start_us, row.end_us):
                    found.append(row._replace(start_us=start_us, end_us=end_us))
            case DueRow():
                parts = due_moved(row, step, runs, told[row.channel, row.stream])
                if parts != [row]:
                    found += [GoneRow(RowKind.DUE, key_of(*pack(row))), *parts]
            case MarkRow() if is_of_boot(row.event_us, step):
                until_us = 0 if row.is_open else moved(row.until_us, step)
                found.append(row._replace(event_us=moved(row.event_us, step), until_us=until_us))
            case _:
                pass
    return found


def first_start_us(boots: Iterable[Row], kernel_boot: bytes) -> int:
    """Give the monotonic time at which the first run in a boot of the kernel started; 0 where none is known."""
    of_boot = [one for one in boots if isinstance(one, BootRow) and one.kernel_boot == kernel_boot]
    return min((one.started_monotonic_us for one in of_boot), default=0)


def missed_step(boots: Iterable[Row], steps: Iterable[Row], kernel_boot: bytes, now: tuple[int, int]) -> int:
    """Say by how much the clock was set since an earlier run of the same kernel boot; 0 where it was not.

    `now` is (wall, monotonic). Between two runs nobody watches the clock.
    """
    wall_us, monotonic_us = now
    known: list[tuple[int, int]] = []
    for one in [*boots, *steps]:
        if isinstance(one, BootRow) and one.kernel_boot == kernel_boot:
            known.append((one.started_monotonic_us, one.started_us))
        elif isinstance(one, ClockMapRow) and one.kernel_boot == kernel_boot:
            known.append((one.monotonic_us, one.after_us))
    if not known:
        return 0
    # Of a run and a step at the same moment the step is the later word: it was noticed by the run.
    monotonic_then = max(at for at, _wall in known)
    wall_then = [wall for at, wall in known if at == monotonic_then][-1]
    return (wall_us - monotonic_us) - (wall_then - monotonic_then)
