"""Lights of bays by what their disks do, on a board that has lights for it."""

from concurrent.futures import Future

import pytest

from hal.bay_lights import BayLights
from hal.board import Board
from hal.errors import Offline
from hal.kinds.bay import QUIET_S
from hal.machine import Machine
from tests.hal.fakes.until import until

PATIENCE_S = 60
SHOWS = """[
  { meaning = "bay_activity", light = "fast", colour = "green" },
  { meaning = "occupied", light = "steady", colour = "green" },
]"""
TOML = f"""
id = "x"
title = "X"
[[device]]
kind = "bay"
name = "1"
driver = "simulated"
[[device]]
kind = "bay"
name = "2"
driver = "simulated"
[[device]]
kind = "disk"
name = "1"
driver = "simulated"
[[device]]
kind = "indicator"
name = "ACT1"
driver = "simulated"
bus = "lights"
group = "bay 1"
shows = {SHOWS}
[[device]]
kind = "indicator"
name = "ACT2"
driver = "simulated"
bus = "lights"
group = "bay 2"
shows = {SHOWS}
[[device]]
kind = "indicator"
name = "HDD"
driver = "simulated"
bus = "lights"
shows = [{{ meaning = "bay_activity", light = "blink", colour = "white" }}]
[[device]]
kind = "indicator"
name = "BAY1"
driver = "simulated"
bus = "lights"
group = "bay 1"
shows = [{{ meaning = "fault", light = "steady", colour = "amber" }}]
"""


class Case:
    """The board, its clock, and hands before it."""

    def __init__(self, folder):
        (folder / "board.toml").write_text(TOML)
        self.now_s = 100.0
        self.board = Board.read(folder, Machine(monotonic_s=lambda: self.now_s))
        BayLights(self.board).follow()

    def hand(self, kind, name, gesture, **args):
        return self.board.ask(kind, name, gesture, args, by_hand=True).result(PATIENCE_S)

    def later(self, seconds):
        """Let time pass when every bus is done with what it was at: a look that began before counts as before."""
        for kind, name in (("bay", "2"), ("indicator", "BAY1")):
            self.hand(kind, name, "mend")
        self.now_s += seconds

    def shine(self):
        return [self.board.device("indicator", name).state.light for name in ("ACT1", "ACT2", "HDD", "BAY1")]


@pytest.fixture
def case(tmp_path):
    case = Case(tmp_path)
    with case.board:
        yield case


@pytest.mark.covers("V-HW-11")
def test_a_bays_light_is_off_without_a_disk_on_while_it_is_idle_and_quick_while_it_works(case):
    assert case.shine() == ["off", "off", "off", "off"]
    case.hand("bay", "1", "insert")
    until(lambda: case.shine() == ["steady", "off", "off", "off"])
    case.hand("disk", "1", "age", years=1.0)
    case.later(1)
    until(lambda: case.shine() == ["fast", "off", "blink", "off"])
    case.later(QUIET_S)
    until(lambda: case.shine() == ["steady", "off", "off", "off"])
    case.hand("bay", "1", "pull")
    until(lambda: case.shine() == ["off", "off", "off", "off"])


def test_a_light_that_was_away_shows_at_once_how_its_bay_is_now(case):
    case.hand("indicator", "ACT1", "break_down")
    case.hand("bay", "1", "insert")
    assert case.shine()[0] == "off"
    case.hand("indicator", "ACT1", "mend")
    until(lambda: case.shine()[0] == "steady")


def test_a_light_whose_bus_was_busy_is_told_again_though_its_bay_says_nothing_more(case, monkeypatch):
    ask, refused = case.board.ask, []

    def busy(kind, name, verb, arguments, **how):
        if kind == "indicator" and len(refused) < 3:
            refused.append(name)
            answer = Future()
            answer.set_exception(Offline("lights is busy"))
            return answer
        return ask(kind, name, verb, arguments, **how)

    monkeypatch.setattr(case.board, "ask", busy)
    case.hand("bay", "1", "insert")
    until(lambda: case.shine()[0] == "steady")
    assert refused == ["ACT1"] * 3


def test_a_bay_whose_connector_fails_is_lit_by_nothing(case):
    case.hand("bay", "2", "insert")
    until(lambda: case.shine()[1] == "steady")
    case.hand("bay", "2", "break_down")
    until(lambda: case.shine()[1] == "off")
