import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.board import Board
from hal.cooling import Cooling, Curve
from hal.errors import BadBoard
from hal.machine import Machine

PATIENCE_S = 60
BOARD = """
id = "x"
title = "X"
[cooling]
CPU = [[40, 30], [70, 80]]
[[device]]
kind = "temperature"
name = "CPU"
driver = "simulated"
bus = "air"
[[device]]
kind = "temperature"
name = "ROOM"
driver = "simulated"
bus = "air"
[[device]]
kind = "fan"
name = "FAN1"
driver = "simulated"
bus = "air"
[[device]]
kind = "fan"
name = "FAN2"
driver = "simulated"
bus = "air"
"""


class Chassis:
    """A board with a sensor and two fans, cooled."""

    def __init__(self, board, cooling):
        self.board = board
        self.cooling = cooling

    def hand(self, kind, name, gesture, **arguments):
        self.board.ask(kind, name, gesture, arguments, by_hand=True).result(PATIENCE_S)
        for _ in range(2):  # the duties asked for meanwhile are set before these are answered
            self.board.ask("fan", "FAN1", "hold", {"held": False}, by_hand=True).result(PATIENCE_S)

    def duties(self):
        return [self.board.device("fan", name).state.duty_percent for name in ("FAN1", "FAN2")]


@pytest.fixture
def chassis(tmp_path):
    (tmp_path / "board.toml").write_text(BOARD)
    board = Board.read(tmp_path, Machine(monotonic_s=lambda: 0.0))
    cooling = Cooling(board, board.cooling)
    cooling.follow()
    with board:
        chassis = Chassis(board, cooling)
        chassis.hand("temperature", "CPU", "heat", celsius=20)
        yield chassis


@pytest.mark.covers("D-MNT-05")
def test_the_fans_follow_the_curve(chassis):
    seen = []
    for celsius in (20, 40, 55, 70, 90):
        chassis.hand("temperature", "CPU", "heat", celsius=celsius)
        seen.append(chassis.duties())
    assert seen == [[30, 30], [30, 30], [55, 55], [80, 80], [80, 80]]


def test_the_fans_do_not_hunt_around_a_temperature(chassis):
    chassis.hand("temperature", "CPU", "heat", celsius=55)
    chassis.hand("temperature", "CPU", "heat", celsius=53)
    assert chassis.duties() == [55, 55]
    chassis.hand("temperature", "CPU", "heat", celsius=50)
    assert chassis.duties() == [52, 52]


def test_a_fan_that_does_not_turn_lets_the_other_run_at_full_speed_until_it_turns_again(chassis):
    chassis.hand("fan", "FAN2", "hold", held=True)
    assert chassis.duties() == [100, 100]
    assert chassis.cooling.reason == "FAN2 does not turn"
    chassis.hand("fan", "FAN2", "hold", held=False)
    assert (chassis.duties(), chassis.cooling.reason) == ([30, 30], "")


def test_a_sensor_that_is_gone_means_full_speed(chassis):
    chassis.hand("temperature", "CPU", "break_down", reason="no answer")
    assert chassis.duties() == [100, 100]
    chassis.hand("temperature", "CPU", "mend")
    assert chassis.duties() == [30, 30]


def test_a_sensor_no_curve_names_decides_nothing(chassis):
    chassis.hand("temperature", "ROOM", "break_down")
    assert chassis.duties() == [30, 30]


def test_a_fan_that_comes_back_is_driven_again(chassis):
    chassis.hand("fan", "FAN2", "break_down")
    assert chassis.duties()[0] == 100
    chassis.hand("fan", "FAN2", "mend")
    assert chassis.duties() == [30, 30]


@pytest.mark.parametrize("points", [[], [(40, 50), (40, 60)], [(40, 50), (60, 40)]])
def test_a_curve_that_falls_is_refused(points):
    with pytest.raises(BadBoard, match="fan curve"):
        Curve(points)


def test_a_curve_of_a_sensor_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "board.toml").write_text(BOARD.replace("CPU = [[", "GPU = [["))
    board = Board.read(tmp_path)
    with pytest.raises(BadBoard, match="GPU"):
        Cooling(board, board.cooling)


@given(st.floats(-40, 150), st.floats(-40, 150))
def test_warmer_never_means_slower(a, b):
    curve = Curve([(35, 20), (50, 45), (70, 100)])
    low, high = sorted((a, b))
    assert 20 <= curve.percent(low) <= curve.percent(high) <= 100
