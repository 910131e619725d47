from pathlib import Path

import pytest

from hal.board import Board
from hal.case_keys import CaseKeys
from hal.kinds.power import Going
from hal.machine import Machine

PATIENCE_S = 60


class Clock:
    def __init__(self):
        self.now_s = 10.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def board(clock):
    with Board.read(Path("board/simulated"), Machine(monotonic_s=clock)) as board:
        CaseKeys(board).follow()
        yield board


def push(board, clock, key, seconds):
    board.ask("key", "FRONT", "press", {"key": key}, by_hand=True).result(PATIENCE_S)
    clock.now_s += seconds
    board.ask("key", "FRONT", "release", {"key": key}, by_hand=True).result(PATIENCE_S)
    # What the key asks for stands in the same queue before this.
    board.ask("indicator", "POWER", "break_down", {}, by_hand=True).result(PATIENCE_S)
    return board.device("power", "SYSTEM").state


def test_power_held_for_three_seconds_shuts_down_and_less_does_nothing(board, clock):
    assert push(board, clock, "power", 2.9).going is Going.NOWHERE
    assert push(board, clock, "power", 3.1).going is Going.DOWN


def test_a_short_push_of_reset_starts_anew(board, clock, caplog):
    assert push(board, clock, "reset", 0.2).going is Going.AROUND
    assert "power SYSTEM restart by a key of the case" in caplog.text


def test_that_reset_was_held_stands_in_the_audit_and_nothing_starts_anew(board, clock, caplog):
    assert push(board, clock, "reset", 5.1).going is Going.NOWHERE
    assert "key FRONT reset is held at the case" in caplog.text


def test_a_machine_that_is_off_starts_by_its_power_key_and_not_without_mains(board, clock):
    def hand(gesture, **args):
        board.ask("power", "SYSTEM", gesture, args, by_hand=True).result(PATIENCE_S)

    push(board, clock, "power", 3.1)
    hand("arrive")
    assert not board.device("power", "SYSTEM").state.running
    assert push(board, clock, "power", 0.1).running
    hand("plug", plugged=False)
    assert not push(board, clock, "power", 0.1).running
    hand("plug", plugged=True)
    assert board.device("power", "SYSTEM").state.running
