"""Sizes in words, in thousands, as they stand on drives."""

GIGABYTE = 10**9


def size(count: int) -> str:
    """Give "640 MB", "12.3 GB", "120 GB", "4.0 TB"; nothing is less than "0 MB"."""
    for unit, name in ((1000 * GIGABYTE, "TB"), (GIGABYTE, "GB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}" if count < 100 * unit else f"{count / unit:.0f} {name}"
    return f"{max(0, count) / 10**6:.0f} MB"
