"""What the documentation names is there: pages, places in the code, tests, commands, targets of make."""

import contextlib
import io
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from recorder.cli import parser

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "board").rglob("*.md")])
FOLDERS = "recorder|gui|hal|tests|board|buildroot_external|rootfs|docs"
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)(?:    .+\n)+")
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACE = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w./*<>-]*[\w*>/]")
MODULE = re.compile(r"(?:recorder|gui|hal|tests|buildroot_external)(?:\.(?!sock\b)\w+)+")
TEST = re.compile(r"test_\w+(?:\.py)?")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND = re.compile(r"(?:\w+=\S+ )*(?:\.venv/bin/)?nightjar (.+)", re.DOTALL)
SIGNED = {r"downgrade\n", "export 2", "pool key 1", "head 1", "device key 1"}
"""What stands behind `nightjar` in what is signed or hashed, and is no command."""


def blocks(text):
    """Give what is shown as code apart from the prose."""
    return [*FENCED.findall(text), *INDENTED.findall(FENCED.sub("", text))]


def spans(text):
    """Give the code within the prose."""
    return SPAN.findall(FENCED.sub("", text))


@cache
def anchors(page):
    """Give the places of a page that a link may name, as GitHub writes them."""
    titles = HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page):
    """Give the links of a page that lead nowhere in this repository."""
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        to = (page.parent / name).resolve() if name else page
        if not to.exists() or (anchor and anchor not in anchors(to)):
            yield target


def missing_places(text):
    """Give the files and folders that a text names and that are not there; `*` and `<id>` stand for anything."""
    for place in PLACE.findall(text):
        if not any(ROOT.glob(re.sub(r"<\w+>", "*", place.rstrip("/.")))):
            yield place


def missing_name(dotted):
    """Say whether a module, or what stands behind its name, is nowhere."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:count])
        files = [place.with_suffix(".py"), place / "__init__.py"]
        if place.is_dir() and count == len(parts):
            return False
        if found := [one for one in files if one.exists()]:
            return not all(re.search(rf"\b{name}\b", found[0].read_text(encoding="utf-8")) for name in parts[count:])
    return True


@cache
def names_of_tests():
    """Give the names of all files of tests, and of all tests."""
    files = list((ROOT / "tests").rglob("test_*.py"))
    functions = [one for file in files for one in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))]
    return {file.name for file in files} | {file.stem for file in files} | set(functions)


@cache
def command_line():
    return parser()


def refusal(arguments):
    """Give what the command line says to these words; empty where it takes them."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            command_line().parse_args(shlex.split(arguments, comments=True))
    except SystemExit as end:
        return said.getvalue().strip().rpartition("\n")[2] if end.code else ""
    return ""


def commands(block):
    """Give the words behind each `nightjar` that begins a line; a line may go on in the next."""
    for line in re.sub(r"\s*\\\n\s*", " ", block).splitlines():
        if found := COMMAND.fullmatch(line.strip()):
            yield re.split(r" [|>] ?", found[1])[0]


def named(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page):
    assert list(dead_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_place_in_the_code_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    code = [*blocks(text), *spans(text)]
    assert [place for one in code for place in missing_places(one)] == []
    names = [one for one in code if MODULE.fullmatch(one)]
    names += [name for one in code for name in re.findall(rf"python -m ({MODULE.pattern})", one)]
    assert [name for name in names if missing_name(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_test_that_a_page_names_is_there(page):
    asked = {one for one in spans(page.read_text(encoding="utf-8")) if TEST.fullmatch(one)}
    assert asked <= names_of_tests()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_a_page_shows_is_taken(page):
    text = page.read_text(encoding="utf-8")
    shown = [one for block in blocks(text) for one in commands(block)]
    assert {one: said for one in shown if (said := refusal(one))} == {}
    # In the prose a command may lack what its reader knows: its words and options are right all the same.
    short = {one for span in spans(text) for one in commands(span)} - SIGNED
    wrong = {one: said for one in short if re.search("invalid choice|unrecognized", said := refusal(one))}
    assert wrong == {}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_make_knows_every_target_that_a_page_names(page):
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = {one for line in targets for one in line.split()}
    code = "\n".join([*blocks(text), *spans(text)])
    assert set(re.findall(r"^make ([a-z-]+)", code, re.MULTILINE)) <= known


def test_every_page_that_the_code_cites_is_there():
    sources = [one for top in FOLDERS.split("|") if top != "docs" for one in (ROOT / top).rglob("*.py")]
    assert len(sources) > 1000
    cited = {
        (named(one), page)
        for one in sources
        for page in re.findall(r"\bdocs/[\w/-]+\.(?:md|txt|log)", one.read_text(encoding="utf-8"))
    }
    assert {(source, page) for source, page in cited if not (ROOT / page).exists()} == set()


def test_what_is_wrong_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A head: two\n[a](gone.md) [b](#a-head-two) [c](#b)\n")
    assert list(dead_links(page)) == ["gone.md", "#b"]
    assert list(missing_places("see recorder/cli/gone.py and recorder/cli, tests/house/test_*.py")) == [
        "recorder/cli/gone.py"
    ]
    assert missing_name("recorder.cli.gone")
    assert not missing_name("recorder.cli.parser")
    assert list(commands("sudo x\n.venv/bin/nightjar spans \\\n  --channel 1 > file\n")) == ["spans --channel 1"]
    assert "invalid choice" in refusal("channl list")
    assert "unrecognized" in refusal("status --colour")
