"""Sizes in words."""

GIGABYTE = 1_000_000_000


def size(count: int) -> str:
    """Give "640 MB", "12.3 GB", "4.0 TB"; decimal, as disks are sold."""
    for unit, name in ((1000 * GIGABYTE, "TB"), (GIGABYTE, "GB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}" if count < 100 * unit else f"{count / unit:.0f} {name}"
    return f"{max(0, count) / 1_000_000:.0f} MB"
