"""The page of attacks and faults: every case has its row, and every test that a row names is one."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "attacks.md"
CASES = 40
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PARSERS = {"xml", "lxml", "pyexpat", "defusedxml", "xmltodict", "bs4"}


def rows():
    return {int(number): (does, shown) for number, _case, does, shown in ROW.findall(PAGE.read_text(encoding="utf-8"))}


@cache
def functions(path):
    """Give the names of all tests of a file."""
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = (one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in named if name.startswith("test_"))


def unknown(text):
    """Give the tests that a text names and that are not there."""
    return [f"{path}::{name}" for path, name in TEST.findall(text) if name not in functions(ROOT / path)]


def imports(text):
    """Give the first names of all modules that a source imports, wherever it does."""
    for one in ast.walk(ast.parse(text)):
        if isinstance(one, ast.Import):
            yield from (name.name.partition(".")[0] for name in one.names)
        elif isinstance(one, ast.ImportFrom) and not one.level:
            yield (one.module or "").partition(".")[0]


def test_every_case_has_its_row():
    assert list(rows()) == list(range(1, CASES + 1))


def test_every_test_that_a_row_names_is_there():
    assert unknown(PAGE.read_text(encoding="utf-8")) == []


def test_a_row_names_a_test_or_says_that_there_is_none():
    assert [n for n, (does, shown) in rows().items() if bool(TEST.search(shown)) == ("**None:**" in does)] == []


def test_nothing_of_ours_parses_xml():
    files = [path for folder in ("recorder", "gui", "hal") for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 400
    found = {str(path): PARSERS & set(imports(path.read_text(encoding="utf-8"))) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_is_wrong_is_found():
    assert unknown("`tests/house/test_attacks.py::test_gone` `tests/house/test_gone.py::test_x`") == [
        "tests/house/test_attacks.py::test_gone",
        "tests/house/test_gone.py::test_x",
    ]
    assert set(
        imports("def f():\n    from xml.etree import ElementTree\nimport lxml.html\nfrom . import a")
    ) >= PARSERS & {
        "xml",
        "lxml",
    }
