"""`make soak`: a month of a recorder's life, day by day; ends with status 1 where anything grows or is lost."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.month import Day, Month, growth

COLUMNS = "  day    laps  objects  traced KB  resident KB  files  threads  index KB   gaps"


def line(day: Day) -> str:
    """Say a day in the columns."""
    return (
        f"{day.number:5} {day.laps:7} {day.objects:8} {day.traced_bytes >> 10:10} {day.resident_bytes >> 10:12}"
        f" {day.files:6} {day.threads:8} {day.index_bytes >> 10:9} {day.rows:6}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--hours", type=int, default=24, help="of each day")
    parser.add_argument("--out", type=Path, default=None, help="write the log here too")
    asked = parser.parse_args()
    began = time.monotonic()
    lines, days = [COLUMNS], []
    print(COLUMNS, flush=True)
    with tempfile.TemporaryDirectory() as place:
        month = Month(Path(place))
        for day in month.days(asked.days, asked.hours):
            days.append(day)
            lines.append(line(day))
            print(lines[-1], flush=True)
    faults = [*month.faults, *growth(days)]
    lines += [f"FAULT {one}" for one in faults] or ["nothing grew, nothing was lost"]
    lines.append(f"{time.monotonic() - began:.0f} s")
    print("\n".join(lines[-1 - max(1, len(faults)) :]))
    if asked.out is not None:
        asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
