"""Which boot of the kernel this is: monotonic times compare only within one."""

from pathlib import Path


def read_boot_id(path: Path = Path("/proc/sys/kernel/random/boot_id")) -> str:
    """Give the kernel's boot id (proc(5)), a random UUID as text; all zeros where there is none."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return "00000000-0000-0000-0000-000000000000"
