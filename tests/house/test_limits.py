"""The page of limits and the constants in the code are the same."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "limits.md"
# | what | `module.CONSTANT` | value | why |
ROW = re.compile(r"^\| ([^|]+) \| `([\w.]+)\.([A-Z][A-Z0-9_]*)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
UNITS = {
    "": 1,
    "%": 1,
    "days": 1,
    "s": 1,
    "GB": 1,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "µs as s": 1_000_000,
    "µs as min": 60_000_000,
    "µs as h": 3_600_000_000,
}


def rows():
    return [match.groups() for match in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def number(text):
    """12, 4 096, 8 MiB, 10 s (µs): the value as the constant has it."""
    found = re.fullmatch(r"([\d ]+(?:\.\d+)?) ?(KiB|MiB|GiB|GB|%|days|s|min|h)?( \(µs\))?", text.strip())
    assert found, f"{text!r} is no value"
    unit = f"µs as {found[2]}" if found[3] else found[2] or ""
    return float(found[1].replace(" ", "")) * UNITS[unit]


def test_there_are_rows():
    assert len(rows()) >= 20


@pytest.mark.parametrize(("what", "module", "constant", "value", "why"), rows(), ids=lambda one: one[:30])
def test_the_page_says_what_the_code_has(what, module, constant, value, why):
    assert getattr(importlib.import_module(module), constant) == number(value), f"{module}.{constant}"
    assert len(why.strip()) >= 15, f"{what}: give the reason"


def test_every_row_of_a_table_of_limits_is_read():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "`" in line]
    limits = [line for line in lines if re.match(r"\| [^|]+ \| `(recorder|gui|hal)\.", line)]
    assert len(limits) == len(rows())


def test_rows_are_sorted_so_that_merges_are_easy():
    names = [what for what, *_rest in rows()]
    assert names == sorted(names, key=str.casefold)


def test_a_wrong_value_is_found():
    assert number("4 096") == 4096
    assert number("8 MiB") == 8 << 20
    assert number("10 s (µs)") == 10_000_000
    with pytest.raises(AssertionError):
        number("many")
