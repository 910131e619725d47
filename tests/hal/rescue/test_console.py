"""The consoles: every one shows the same, any may answer, and no name reaches a terminal as a command."""

import os
import pty
import select

import pytest

from hal.rescue.console import Console

PATIENCE_S = 60.0


@pytest.fixture
def terminals():
    """Two terminals: their own ends, and ours."""
    pairs = [pty.openpty() for _ in range(2)]
    yield [outer for outer, _inner in pairs], [inner for _outer, inner in pairs]
    for one in (one for pair in pairs for one in pair):
        os.close(one)


def shown(outer):
    """All that a terminal was sent."""
    data = b""
    while select.select([outer], [], [], 0)[0]:
        data += os.read(outer, 4096)
    return data.decode()


def test_any_terminal_answers_and_all_show_the_same(terminals):
    outer, inner = terminals
    console = Console(inner)
    os.write(outer[1], b"\x1b[B\r")
    assert console.choose("What now", "Words.", ["one", "two", "three"], PATIENCE_S) == 1
    first, second = shown(outer[0]), shown(outer[1])
    assert "What now" in first
    assert "\x1b[7m  2  two" in first
    assert first == second
    os.write(outer[0], b"3")
    assert console.choose("What now", "", ["one", "two", "three"], PATIENCE_S) == 2
    os.write(outer[0], b"9x\x1b")
    assert console.choose("What now", "", ["one", "two", "three"], PATIENCE_S) is None


def test_nobody_who_answers_is_no_answer(terminals):
    _outer, inner = terminals
    assert Console(inner).choose("What now", "", ["one"], 0.01) is None


def test_a_line_is_typed_and_corrected(terminals):
    outer, inner = terminals
    console = Console(inner)
    os.write(outer[0], b"ABX\x7fC\r")
    assert console.ask("Serial", "") == "ABC"
    os.write(outer[0], b"ABC\x1b")
    assert console.ask("Serial", "") == ""
    os.write(outer[0], b"y" * 500 + b"\r")
    assert len(console.ask("Serial", "")) == 64


def test_what_terminals_obey_is_taken_out_of_names(terminals):
    outer, inner = terminals
    console = Console(inner)
    os.write(outer[0], b"1")
    console.choose("a\x1b]0;title\x07", "b\x1b[2Jc\x9b0m", ["\x1b[5m$(reboot)\nname"], PATIENCE_S)
    told = shown(outer[0])
    assert told.count("\x1b") == told.count("\x1b[2J\x1b[H") * 2 + told.count("\x1b[7m") + told.count("\x1b[0m")
    assert told.count("\x1b[2J") == 1
    assert "\x07" not in told
    assert "$(reboot)" in told


def test_a_terminal_that_takes_nothing_holds_up_no_other(terminals):
    outer, inner = terminals
    console = Console(inner)
    for number in range(100):
        console.progress(100, f"{number} " + "words " * 200)
    os.write(outer[1], b"1")
    assert console.choose("What now", "", ["one"], PATIENCE_S) == 0


def test_a_terminal_that_went_away_takes_no_other_with_it():
    outer, inner = pty.openpty()
    gone, its = pty.openpty()
    console = Console([its, inner])
    os.close(gone)
    os.write(outer, b"2")
    assert console.choose("What now", "", ["one", "two"], PATIENCE_S) == 1
    for one in (outer, inner, its):
        os.close(one)
