import pytest

from gui.toolkit.layout import Column
from gui.toolkit.page import Page
from gui.toolkit.time_field import TimeField
from tests.gui.rig import Rig


def written(minute=None):
    rig = Rig()
    field = TimeField(minute, name="time", width=90)
    rig.open(Page(children=[Column([field])]))
    rig.screen.focus_on(field)
    return rig, field


@pytest.mark.parametrize(
    ("keys", "minute"),
    [("0730", 450), ("730", 450), ("07:30", 450), ("7", 420), ("12", 720), ("7:5", 425), ("2400", 1440)],
)
def test_a_time_is_read_however_it_is_typed(keys, minute):
    rig, field = written(60)
    rig.type(keys)
    assert field.minute == minute


@pytest.mark.parametrize("keys", ["2401", "1260", ":", ":30", "1:2:3", "99"])
def test_what_is_no_time_is_none(keys):
    rig, field = written()
    rig.type(keys)
    assert field.minute is None


def test_the_colon_comes_and_goes_by_itself():
    rig, field = written(0)
    rig.type("123")
    assert field.written == "12:3"
    rig.key("backspace")
    assert field.written == "12"


def test_the_wheel_steps_to_whole_quarters_and_stays_in_the_day():
    rig, field = written(67)
    rig.wheel(field, 1)
    assert field.written == "01:15"
    rig.wheel(field, -3)
    assert field.written == "00:30"
    rig.wheel(field, -9)
    assert field.written == "00:00"
    rig.wheel(field, 100)
    assert field.written == "24:00"
