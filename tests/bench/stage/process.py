"""What processes cost, as the kernel counts it."""

import os
import subprocess
import time
from pathlib import Path

import psutil

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SCHEDULER = 2
"""The clock that counts nanoseconds of the scheduler; proc(5) rounds to hundredths of a second."""


def cpu_s(pid: int) -> float:
    """User and system seconds of a process so far, all threads, waited-for children included.

    Its clock is named as the kernel does it for clock_getcpuclockid(3); what the children took is told by proc(5).
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.clock_gettime(~pid << 3 | _SCHEDULER) + sum(int(field) for field in fields[13:15]) / _TICKS_PER_S


def foreign_s() -> float:
    """Seconds that the machine's cores have worked for anybody but this process and those it started."""
    times = psutil.cpu_times()
    ours = psutil.Process()
    family = [ours, *ours.children(recursive=True)]
    return (
        sum(times) - times.idle - times.iowait - times.guest - times.guest_nice - sum(cpu_s(one.pid) for one in family)
    )


def pss_bytes(pid: int) -> int:
    """The proportional share of memory of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    raise LookupError(pid)


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End processes, kindly first."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
