"""Several numbers as people write them: "1-8, 12"."""

import re

from recorder.client.words import _

MOST = 1024
"""So many are listed at most, whatever a range says."""
_PART = re.compile(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?")


def numbers(written: str) -> list[int]:
    """Read them, each once and in order; raises `ValueError` with words. Nothing written is none."""
    found: set[int] = set()
    for part in filter(None, (one.strip() for one in written.split(","))):
        read = _PART.fullmatch(part)
        first, last = (int(read[1]), int(read[2] or read[1])) if read else (1, 0)
        if last < first or len(found) + last - first >= MOST:
            raise ValueError(_("{part} is neither a number nor a range such as 1-8.").format(part=part))
        found.update(range(first, last + 1))
    return sorted(found)
