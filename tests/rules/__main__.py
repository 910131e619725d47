"""Takes the rules out of copies of the tree, one after another, and runs the tests that must miss them.

`python -m tests.rules [ID…]`: all rules, or those named. Fails where a line is not as it is written in `planted`, where
a test fails although nothing was taken out, and where none does although a rule is gone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.rules.planted import PLANTED, Planted

TREE = Path(__file__).parents[2]
PASSED, FAILED = 0, 1
"""Of pytest; other codes say that no test ran."""


def tracked() -> list[str]:
    """The files of the tree, also those that are not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listed, cwd=TREE, check=True, capture_output=True, text=True).stdout
    return [one for one in told.split("\0") if one and (TREE / one).is_file()]


def copied(place: Path) -> None:
    """Copy the tree."""
    for one in tracked():
        (place / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TREE / one, place / one)


def tested(place: Path, tests: str) -> int:
    """Run tests there, and give how that went."""
    at, _blank, words = tests.partition(" ")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", at]
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": ""}
    command += ["-k", words] if words else []
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    return done.returncode


def judged(place: Path, one: Planted) -> str:
    """Take a rule out, and say in words what was wrong; "" where its tests miss it, and pass with it."""
    file = place / one.file
    whole = file.read_text(encoding="utf-8")
    if whole.count(one.before) != 1:
        return f"the line is in {one.file} {whole.count(one.before)} times"
    if tested(place, one.tests) != PASSED:
        return "its tests fail with the rule"
    file.write_text(whole.replace(one.before, one.after), encoding="utf-8")
    try:
        found = tested(place, one.tests)
    finally:
        file.write_text(whole, encoding="utf-8")
    return "" if found == FAILED else f"no test misses it (pytest ended with {found})"


def main(wanted: list[str]) -> int:
    """Judge all that is wanted."""
    problems = 0
    with tempfile.TemporaryDirectory(prefix="nightjar-rules-") as named:
        place = Path(named)
        copied(place)
        for one in PLANTED:
            if wanted and one.rule not in wanted:
                continue
            problem = judged(place, one)
            problems += bool(problem)
            print(f"{one.rule}  {one.file}: {problem or 'missed by ' + one.tests}", flush=True)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
