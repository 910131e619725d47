"""Forms made from the schemas of the real pages, filled in as a person does."""

import pytest

from gui.forms.controls import Surroundings
from gui.forms.form import Form
from gui.forms.schema import fields_of
from gui.toolkit.layout import Column
from gui.toolkit.page import Page
from gui.toolkit.scroll import Scroll
from recorder.client.answers import MASK
from recorder.settings.machine import Machine
from recorder.settings.page import Page as SettingsPage
from recorder.settings.page import setting
from recorder.settings.registry import built_in
from recorder.settings.schema import form_schema
from recorder.settings.scope import Area, Permission
from tests.gui.rig import SIZES, FakeApi, Rig, clipped, unreachable

PAGES = [page.about.name for page in built_in()]
CHANNELS = {1: "Front door", 2: "Yard"}


class FormPage(Page):
    def __init__(self, form):
        super().__init__(name="form-page")
        self.form = form

    def build(self):
        self.add(Scroll(Column([self.form], pad=24)))


def form_of(name, size=(1280, 720), schema=None, values=None):
    api = FakeApi()
    scope = built_in().page(name).about.scope
    items = [one.item for one in api.page_items(name)] if scope == "list" else [""]
    # Of some lists nothing is there from the beginning.
    item = (items or ["first"])[0]
    document = api.page(name, 1 if scope == "channel" else None, item)
    values = document.values if values is None else values
    form = Form(fields_of(schema or api.page_schema(name), document.read_only), values, Surroundings(CHANNELS))
    rig = Rig(size)
    rig.open(FormPage(form))
    form.show(values)
    rig.show()
    return rig, form


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_all_its_words_and_reaches_all_its_fields_with_arrows(name, size):
    rig, form = form_of(name, size)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    assert form.changes() == {}
    assert form.check() == {}


def test_what_the_recorder_says_of_itself_is_words_that_are_read_whole_and_never_sent():
    said = "It is kept right by a time server, to within 12 ms."
    rig, form = form_of("date-time", values={**FakeApi().page("date-time").values, "clock_state": said})
    assert said in rig.words()
    assert "clock_state" not in form.values()
    assert clipped(rig.screen) == []
    form.show({**form.values(), "clock_state": "Nothing keeps it right."})
    assert (said in rig.words(), "Nothing keeps it right." in rig.words()) == (False, True)
    assert form.changes() == {}


def test_only_what_was_changed_is_sent():
    rig, form = form_of("general")
    rig.click("recorder_name", "move")
    rig.key(*["backspace"] * 8)
    rig.type("Cellar")
    assert form.changes() == {"recorder_name": "Cellar"}


@pytest.mark.covers("D-INP-04")
def test_a_number_is_stepped_by_wheel_and_arrows_within_its_range():
    rig, form = form_of("general")
    rig.screen.focus_on("instant_playback_min")
    rig.wheel("instant_playback_min", 2)
    assert form.changes() == {"instant_playback_min": 7}
    rig.wheel("instant_playback_min", -9)
    assert form.values()["instant_playback_min"] == 5
    rig.key("right")
    assert form.values()["instant_playback_min"] == 6
    assert rig.focus == "instant_playback_min"


@pytest.mark.covers("D-INP-11")
def test_digits_replace_the_number_and_a_value_out_of_range_is_told_at_the_field():
    rig, form = form_of("general")
    rig.screen.focus_on("instant_playback_min")
    rig.type("99")
    assert form.values()["instant_playback_min"] == 99
    assert form.check() == {"instant_playback_min": "Allowed: 5 to 60 min."}
    rig.show()
    assert "Allowed: 5 to 60 min." in rig.words()
    rig.key("backspace")
    assert "Allowed" not in rig.words()
    assert form.check() == {}


def test_an_empty_number_and_an_empty_name_are_told():
    rig, form = form_of("general")
    rig.screen.focus_on("recorder_name")
    rig.key(*["backspace"] * 10)
    rig.screen.focus_on("idle_logout_min")
    rig.key(*["backspace"] * 3)
    assert set(form.check()) == {"recorder_name", "idle_logout_min"}
    rig.screen.focus_on(form.first_problem())
    assert rig.focus == "recorder_name"


def test_a_refusal_stands_at_its_field_and_a_foreign_one_does_not():
    rig, form = form_of("record-schedule")
    assert form.refuse("week.days.0.1", "Week: Period 2 begins before the one above it ends.")
    assert "Period 2 begins" in rig.find("week-problem").text
    assert not form.refuse("nothing", "x")
    assert not form.refuse(None, "x")


def test_an_untouched_secret_stays_and_a_typed_one_replaces_the_dots():
    values = {**FakeApi().page("channel", 1).values, "password": MASK}
    rig, form = form_of("channel", values=values)
    assert form.changes() == {}
    rig.screen.focus_on("password")
    rig.type("n")
    rig.type("ew")
    assert form.changes() == {"password": "new"}
    assert "new" not in rig.words()


def test_a_secret_is_cleared_by_one_backspace():
    rig, form = form_of("channel", values={**FakeApi().page("channel", 1).values, "password": MASK})
    rig.screen.focus_on("password")
    rig.key("backspace")
    assert form.changes() == {"password": ""}


def test_channels_are_ticked_in_a_sheet():
    rig, form = form_of("general")
    rig.click("hidden_after_logout")
    rig.key("ok")
    rig.go_to("take")
    rig.key("ok")
    assert form.changes() == {"hidden_after_logout": [1]}
    assert rig.focus == "hidden_after_logout"


def test_a_camera_is_chosen_by_its_name_and_one_that_is_gone_stays_until_then():
    values = FakeApi().page("network-alarm", item="till").values
    rig, form = form_of("network-alarm", values=values)
    assert "None" in rig.words()
    rig.screen.focus_on("channel")
    rig.key("ok", "down", "down", "ok")
    assert form.changes() == {"channel": 2}
    assert "2  Yard" in rig.words()
    rig, form = form_of("network-alarm", values={**values, "channel": 9})
    assert form.changes() == {}
    rig.screen.focus_on("channel")
    rig.key("ok")
    assert "9" in rig.words()


def test_where_nothing_is_chosen_it_says_what_that_means():
    rig, form = form_of("disarming")
    assert "All, and all that is no camera" in rig.words()
    rig.click("channels")
    rig.key("ok")
    rig.go_to("take")
    rig.key("ok")
    assert form.changes() == {"channels": [1]}
    assert "All, and all that is no camera" not in rig.words()


def test_a_long_list_is_filtered_by_typing():
    rig, form = form_of("date-time")
    rig.click("zone")
    rig.type("berlin")
    rig.key("ok")
    assert form.changes() == {"zone": "Europe/Berlin"}


def test_a_choice_is_made_by_menu_and_by_arrows():
    rig, form = form_of("storage-basic")
    rig.screen.focus_on("full_policy")
    rig.key("ok", "down", "ok")
    assert form.changes() == {"full_policy": "stop"}
    rig.key("left")
    assert form.changes() == {}


def test_read_only_fields_take_no_focus_and_are_not_sent():
    rig, form = form_of("date-time")
    assert "time_server" not in [one.name for one in rig.screen.focusables()]
    assert "time_server" not in form.values()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"type": "object", "properties": {}}, {"a": 1}),
        ({"type": ["string", "null"]}, None),
        ({"type": "integer", "minimum": "low"}, "seven"),
        ({"type": "array"}, [1, 2]),
        ({"enum": [], "type": "string"}, "x"),
        ({"type": "object", "x-widget": "week-grid"}, {"days": "never"}),
        ({"type": "array", "x-widget": "channels"}, 7),
        ({"type": "string", "x-widget": "zone"}, 5),
        ({"type": "integer", "x-widget": "channel"}, ["x"]),
        ({}, object),
    ],
)
def test_a_strange_field_is_shown_and_harms_nothing(part, value):
    schema = {"properties": {"odd": {**part, "title": "Odd"}, "name": {"type": "string", "title": "Name"}}}
    rig, form = form_of("general", schema=schema, values={"odd": value, "name": "x"})
    assert "Odd" in rig.words()
    rig.screen.focus_on("name")
    rig.type("y")
    assert form.changes().get("name") == "xy"
    form.check()
    rig.key("down", "ok", "back")


def cell(rig, day, hour):
    grid = rig.find("week-grid")
    line = grid._line(day)
    return (grid._cell(day, hour * 60) + 4, line.centery)


@pytest.mark.covers("D-INP-06", "D-REC-03")
def test_periods_are_drawn_by_dragging():
    rig, form = form_of("record-schedule")
    rig.drag(cell(rig, 0, 9), cell(rig, 4, 16))
    days = form.changes()["week"]["days"]
    assert [(one["start_min"], one["end_min"]) for one in days[0]] == [(0, 540), (1020, 1440)]
    assert days[4] == days[0]
    assert len(days[5]) == 1


@pytest.mark.covers("D-REC-03", "D-REC-04")
def test_periods_are_drawn_by_keys_alone():
    rig, form = form_of("record-schedule")
    rig.go_to("week-type-1")
    rig.key("ok")
    rig.go_to("week-grid")
    rig.key("down", "ok", "right", "right", "ok")
    days = form.changes()["week"]["days"]
    assert days[1][0] == {"start_min": 0, "end_min": 180, "types": ["general", "motion"]}
    rig.key("left", "left", "left", "ok", "ok")
    assert form.changes()["week"]["days"][1] == [{"start_min": 0, "end_min": 1440, "types": ["general", "motion"]}]
    for _ in range(9):
        rig.key("up")
    assert rig.focus != "week-grid"


def test_painting_is_called_off_by_back():
    rig, form = form_of("record-schedule")
    rig.screen.focus_on("week-grid")
    rig.key("ok", "right", "back")
    assert form.changes() == {}
    assert rig.focus == "week-grid"


@pytest.mark.covers("D-REC-04")
def test_a_seventh_period_is_refused_in_words():
    rig, form = form_of("record-schedule")
    for hour in range(1, 13, 2):
        rig.drag(cell(rig, 0, hour), cell(rig, 0, hour))
    assert len(form.values()["week"]["days"][0]) == 6
    assert any("at most 6 periods" in words for words in rig.notices)


@pytest.mark.covers("D-RULE-19")
def test_a_setting_that_takes_effect_at_the_next_start_says_so():
    class Ports(SettingsPage, area=Area.NETWORK, permission=Permission.SYSTEM):
        port: int = setting(443, title="Port", restart=True)
        name: str = setting("", title="Name")

    schema = form_schema(Ports, Machine(system_owned=False))
    rig, _form = form_of("general", schema=schema, values={"port": 443, "name": ""})
    assert rig.words().count("Takes effect after a restart.") == 1
