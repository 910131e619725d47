"""How an owner's contact rests outlasts the service, and tells no false edge when it starts anew."""

import pytest

from hal.kinds.alarm_input import Rest
from hal.machine import Machine
from hal.simulated.alarm_input import SimulatedAlarmInput


@pytest.mark.covers("D-ALM-03")
def test_an_input_that_rests_closed_is_at_rest_from_the_first_word_after_a_restart(tmp_path):
    before = SimulatedAlarmInput("IN1", Machine(keep=tmp_path))
    before.open()
    before.move(active=True)
    before.rests(contact=Rest.CLOSED)
    anew = SimulatedAlarmInput("IN1", Machine(keep=tmp_path))
    told = []
    anew.watch(told.append)
    assert (anew.state.rest, anew.state.normally_closed) == (Rest.CLOSED, True)
    anew._contact_closed = True
    anew.open()
    assert [one.active for one in told if one.online] == [False]


def test_another_input_keeps_what_its_board_says(tmp_path):
    SimulatedAlarmInput("IN1", Machine(keep=tmp_path)).rests(contact=Rest.OPEN)
    other = SimulatedAlarmInput("IN2", Machine(keep=tmp_path), normally_closed=True)
    assert (other.state.rest, other.state.normally_closed) == (Rest.BOARD, True)
