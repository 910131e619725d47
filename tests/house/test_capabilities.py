"""The page of what works: each id in a row is a promise that one of the row's own tests keeps."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests import coverage_map

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "capabilities.md"
FAMILY = re.compile(r"[DVP]-[A-Z]+-")
ID = re.compile(r"(?P<family>[DVP]-[A-Z]+)?(?P<number>-\d+(?:\.\d+)*)")
RANGE = re.compile("(.+?) (?:\u2013|to) (.+)")
CHOSEN = re.compile(r"\$T ([^`]*?) -k (?:\"([^\"]+)\"|(\w+))`")
BESIDE = {"make guest": "tests/guest", "make image-test": "tests/image", "make cuts": "tests/guest"}


def rows():
    """Give the ids and the last cell of each row that begins with ids."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [one.strip() for one in line.strip("|").split("|")]
        if len(cells) == 3 and FAMILY.match(cells[0]):
            yield cells[0], cells[2]


def ids(cell):
    """Give the ids of a first cell: `D-INP-01 to -06, -08` are seven of one family."""
    found, family = [], ""
    for part in cell.split(", "):
        ends = []
        for one in RANGE.fullmatch(part).groups() if RANGE.fullmatch(part) else [part]:
            named = ID.fullmatch(one)
            assert named, f"{one!r} is no id"
            family = named["family"] or family
            ends.append(family + named["number"])
        first, last = (re.fullmatch(r"(.*?)(\d+)", one) for one in (ends[0], ends[-1]))
        if first[1] == last[1]:
            numbers = range(int(first[2]), int(last[2]) + 1)
            found += [f"{first[1]}{number:0{len(first[2])}}" for number in numbers]
        else:
            found += ends
    return found


def places(shown):
    """Give the folders and files of tests that the last cell of a row runs or names."""
    named = set(re.findall(r"tests/[\w/]+(?:\.py)?", shown))
    for target, folder in BESIDE.items():
        if target in shown:
            parts = re.findall(r"\btest_\w+", re.sub(r"tests/[\w/.]+", "", shown))
            named |= {f"{folder}/{one}.py" for one in parts} or {folder}
    return named


@cache
def covered():
    return coverage_map.covered()


def unkept(cell, shown):
    """Give the ids of a row that none of its tests covers."""
    here = tuple(places(shown))
    return [one for one in ids(cell) if not any(test.startswith(here) for test in covered().get(one, ()))]


def names(place):
    """Give what `-k` may choose among: files and tests."""
    files = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("test_*.py"))
    for file in files:
        yield file.stem
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name.startswith("test_"):
                yield one.name


def choosing_nothing(text):
    """Give the words after `-k` that choose no test of the places before it."""
    for where, *words in CHOSEN.findall(text):
        there = [one.lower() for place in where.split() for one in names(place)]
        for word in "".join(words).split(" or "):
            if not any(word in one for one in there):
                yield f"{where} -k {word}"


@pytest.mark.parametrize(("cell", "shown"), list(rows()), ids=lambda one: one[:40])
def test_each_id_of_a_row_is_kept_by_a_test_of_that_row(cell, shown):
    assert unkept(cell, shown) == []


def test_every_choice_of_a_command_chooses_a_test():
    assert list(choosing_nothing(PAGE.read_text(encoding="utf-8"))) == []


def test_what_is_wrong_is_found():
    assert ids("D-INP-01 to -03, -08, D-REC-02.1, D-RULE-01 \u2013 D-RULE-02") == [
        *("D-INP-01", "D-INP-02", "D-INP-03", "D-INP-08", "D-REC-02.1", "D-RULE-01", "D-RULE-02")
    ]
    assert unkept("D-PWR-03, D-NONE-01", "`$T tests/recorder/store/test_power_cut.py`") == ["D-NONE-01"]
    assert unkept("D-PWR-03", "`$T tests/recorder/store/test_bad_sectors.py`") == ["D-PWR-03"]
    assert unkept("D-LED-08", "`make guest` (`test_remote`)") == []
    assert list(choosing_nothing('`$T tests/house/test_capabilities.py -k "choice or nonsense"`')) == [
        "tests/house/test_capabilities.py -k nonsense"
    ]
