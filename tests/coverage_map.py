"""Print which promise of the reference is kept by which test: `make coverage-map`.

The promises are `tests/promises.toml`, reference id to our own title; tests name ids by `@pytest.mark.covers`.
"""

import argparse
import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
PROMISES = TESTS / "promises.toml"


def promises() -> dict[str, str]:
    """Reference ids and the titles of their promises."""
    families = tomllib.loads(PROMISES.read_text(encoding="utf-8"))
    return {number: title for rows in families.values() for number, title in rows.items()}


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """Every (reference id, test) that a file of tests claims, from its source."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.covers"):
                for argument in mark.args:
                    yield ast.literal_eval(argument), f"{path.relative_to(TESTS.parent)}::{node.name}"


def covered() -> dict[str, list[str]]:
    """The tests that cover each id."""
    found = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for number, test in marks(path):
            found[number].append(test)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", action="store_true", help="list the promises that no test keeps yet")
    asked = parser.parse_args()
    titles, tests = promises(), covered()
    for number, title in titles.items():
        if asked.open:
            if number not in tests:
                print(f"{number:12} {title}")
            continue
        for test in tests.get(number, ()):
            print(f"{number:12} {title:60} {test}")
    if not asked.open:
        print(f"{sum(number in tests for number in titles)} of {len(titles)} promises have a test")


if __name__ == "__main__":
    main()
