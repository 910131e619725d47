"""The settings pages on an API that serves the real pages, driven by keys and mouse."""

from dataclasses import replace

import pytest

from gui.pages.cameras import Cameras
from gui.pages.main_menu import MainMenu
from gui.pages.settings import SettingsPage
from gui.pages.storage import Storage
from gui.toolkit.theme import GOOD
from gui.toolkit.toggle import Toggle
from recorder.client.api import ApiError
from recorder.client.detection import SoundSeen
from recorder.client.errors import Unavailable
from recorder.client.status import StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.settings.registry import built_in
from recorder.store.key_ring import parse_recovery_key, recovery_key
from tests.gui.held_worker import HeldWorker
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

pytestmark = pytest.mark.long

PAGES = [page.about.name for page in built_in()]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_lays_out_and_is_reached_with_arrows(name, size):
    rig, rooms, _api = house(size)
    rig.open(SettingsPage(rooms, page=name))
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-ALM-09.1")
def test_the_channels_picture_is_behind_the_regions_that_are_painted():
    rig, rooms, _api = house()
    page = rig.open(SettingsPage(rooms, page="motion-detection"))
    decode = rooms.pictures.decode
    (view,) = decode.asked
    decode.picture(view, (10, 200, 10))
    rig.clock.advance(1)
    rig.screen.focus_on("region_2_cells-grid")
    rig.show()
    grid = page.find("region_2_cells-grid")
    assert rig.presenter.canvas.get_at(grid.place_of(4, 4).center)[:3] == (10, 200, 10)
    rig.key("back")
    assert decode.asked == {}


@pytest.mark.covers("D-ALM-14", "D-ALM-15")
@pytest.mark.parametrize("name", ["audio-exception", "audio-change"])
def test_how_loud_it_is_now_stands_over_the_levels_that_are_set(name):
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page=name))
    meter = page.find("sound-meter")
    assert meter.text == "Listening…"
    api.heard = SoundSeen(there=True, level_db=-43.2, peak_db=-31, usual_db=-44)
    rig.clock.advance(1)
    rig.show()
    rig.show()
    assert meter.text == "Now -43 dB, loudest -31 dB, usual -44 dB"
    at = rig.presenter.canvas.get_at((meter._at(-90), meter.rect.y + rig.screen.theme.px(38)))
    assert at[:3] == GOOD
    rig.key("back")
    asked = api.calls.count(("sound", 1))
    rig.clock.advance(5)
    rig.show()
    assert api.calls.count(("sound", 1)) == asked


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [MainMenu, Cameras])
def test_menus_lay_out_and_are_reached_with_arrows(kind, size):
    rig, rooms, _api = house(size)
    rig.open(kind(rooms))
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_the_menu_lists_the_areas_that_are_served():
    rig, rooms, _api = house()
    rig.open(MainMenu(rooms))
    assert rig.find("area-system") is not None
    assert rig.find("area-storage") is not None
    assert rig.find("area-network") is not None
    rig.go_to("area-storage")
    rig.key("ok")
    assert isinstance(rig.top, SettingsPage)
    assert rig.top.current.area == "storage"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["system", "storage", "event"])
def test_an_area_opens_with_its_heading_at_the_top_of_the_list(name, size):
    rig, rooms, _api = house(size)
    rig.open(SettingsPage(rooms, area=name))
    side, heading, page = rig.find("side"), rig.find(f"heading-{name}"), rig.find(f"page-{rig.top.current.name}")
    assert side.rect.contains(heading.rect)
    assert side.rect.contains(page.rect)
    if side.offset not in {0, side.farthest}:
        assert heading.rect.top - side.rect.top < 2 * heading.rect.height


def test_all_pages_of_an_area_stand_together_below_one_heading():
    rig, rooms, _api = house()
    rooms.settings()
    rig.show()
    headings = [one.name for one in rig.find("side").walk() if one.name.startswith("heading-")]
    assert len(headings) == len(set(headings)) == len({one.area for one in rig.top.pages})
    below = [one.order for one in rig.top.pages if one.area == "system"]
    assert below == sorted(below)
    assert headings[:3] == ["heading-system", "heading-camera", "heading-storage"]


def test_a_page_far_down_its_area_is_in_sight_when_it_opens():
    rig, rooms, _api = house()
    rig.open(SettingsPage(rooms, page="illegal-login"))
    assert rig.find("side").rect.contains(rig.find("page-illegal-login").rect)


@pytest.mark.covers("D-IR-11", "D-IR-12")
def test_a_setting_is_changed_and_saved_with_five_keys():
    rig, rooms, api = house()
    rig.open(SettingsPage(rooms, page="storage-basic"))
    rig.go_to("full_policy")
    rig.key("ok", "down", "ok")
    rig.go_to("save")
    rig.key("ok")
    assert api.calls == [("set_page", "storage-basic", {"full_policy": "stop"}, None)]
    assert rig.notices == ["Saved."]
    assert rig.focus == "save"
    rig.key("back")
    assert not isinstance(rig.top, SettingsPage)


@pytest.mark.covers("D-RULE-12")
@pytest.mark.parametrize(
    ("name", "field", "stored", "typed", "asks"),
    [
        ("storage-basic", "expiry_days", 0, "30", "cannot be brought back"),
        ("storage-basic", "expiry_days", 60, "30", "cannot be brought back"),
        ("storage-basic", "expiry_days", 30, "60", ""),
        ("storage-basic", "expiry_days", 30, "0", ""),
        ("pool", "most_days", 30, "7", "no longer shown"),
        ("pool", "thin_days", 0, "7", "only key pictures"),
        ("channel-storage", "quota_gb", 500, "100", "The oldest footage of this camera"),
        ("channel-storage", "quota_days", 0, "7", "Footage of this camera older"),
        ("channel-storage", "thin_days", 9, "7", "only key pictures"),
        ("event-list", "keep_days", 365, "7", "Events older"),
        ("event-list", "keep_days", 7, "365", ""),
        ("log-keeping", "keep_days", 3650, "30", "Changes and logins older"),
        ("log-keeping", "most_mb", 512, "64", "its oldest entries go"),
    ],
)
def test_keeping_less_asks_first_and_the_safe_answer_has_the_focus(name, field, stored, typed, asks):
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page=name))
    api.stored[name, page.item or page.channel] = values = {**page.loaded.document.values, field: stored}
    page.form.show(values)
    rig.screen.focus_on(field)
    rig.type(typed)
    rig.go_to("save")
    rig.key("ok")
    if asks:
        assert asks in rig.words()
        assert clipped(rig.screen) == []
        rig.key("ok")
        assert (rig.top, api.calls) == (page, [])
        rig.key("ok", "right", "ok")
    assert [call[:3] for call in api.calls] == [("set_page", name, {field: int(typed)})]


@pytest.mark.covers("D-RULE-12")
def test_a_quota_that_is_copied_to_other_cameras_asks_first():
    rig, rooms, api = house()
    api.stored["channel-storage", 1] = built_in().page("channel-storage")(quota_gb=100).model_dump(mode="json")
    rig.open(SettingsPage(rooms, page="channel-storage"))
    rig.click("copy")
    rig.key("ok")
    rig.go_to("take")
    rig.key("ok")
    assert "The oldest footage of this camera" in rig.words()
    assert rig.focus == "cancel"
    rig.key("right", "ok")
    assert api.calls == [("copy_page", "channel-storage", 1, [2])]


def test_leaving_with_changes_asks_first_and_the_safe_answer_has_the_focus():
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page="storage-basic"))
    rig.screen.focus_on("full_policy")
    rig.key("right")
    rig.key("back")
    assert rig.focus == "cancel"
    rig.key("ok")
    assert rig.top is page
    assert page.dirty
    rig.key("back")
    rig.key("right", "ok")
    assert page.shown_on is None
    assert api.calls == []


def test_discard_shows_what_is_stored():
    rig, rooms, _api = house()
    page = rig.open(SettingsPage(rooms, page="general"))
    rig.screen.focus_on("recorder_name")
    rig.type("x")
    assert page.dirty
    rig.click("discard")
    assert not page.dirty
    assert rig.find("recorder_name").value == "Nightjar"


def test_a_value_out_of_range_is_not_sent_and_gets_the_focus():
    rig, rooms, api = house()
    rig.open(SettingsPage(rooms, page="general"))
    rig.screen.focus_on("recorder_number")
    rig.type("999")
    rig.click("save")
    assert api.calls == []
    assert rig.focus == "recorder_number"
    assert "Allowed: 0 to 255." in rig.words()


def test_a_refusal_is_told_at_its_field():
    rig, rooms, api = house()
    rig.open(SettingsPage(rooms, page="general"))
    rig.screen.focus_on("recorder_name")
    rig.type("x")
    api.refuse = ApiError(422, "OutOfRange", "Recorder name: It is taken.", "recorder_name", "another")
    rig.click("save")
    assert rig.focus == "recorder_name"
    assert "It is taken." in rig.words()


def test_a_change_by_somebody_else_is_told_and_can_be_shown():
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page="general"))
    rig.screen.focus_on("recorder_name")
    rig.type("x")
    api.set_page("general", {"recorder_name": "Theirs"})
    rig.click("save")
    assert "changed by somebody else" in rig.words()
    rig.key("ok")
    assert rig.top is page
    assert rig.find("recorder_name").value == "Theirs"


def saving(page="general"):
    """A page whose name was changed and is being saved; the recorder has not answered yet."""
    rig, rooms, api = house()
    shown = rig.open(SettingsPage(rooms, page=page))
    rig.screen.focus_on("recorder_name")
    rig.type("x")
    rig.screen._worker = HeldWorker()
    rig.click("save")
    return rig, shown, api


def answered(rig):
    for _round in range(4):
        rig.screen._worker.release()
        rig.show()


def test_what_is_changed_while_a_page_is_being_saved_stays_to_be_saved():
    rig, page, api = saving()
    rig.screen.focus_on("recorder_name")
    rig.type("y")
    rig.screen.focus_on("idle_logout_min")
    rig.key("right")
    answered(rig)
    assert api.calls[-1][2] == {"recorder_name": "Nightjarx"}
    assert page.form.changes() == {"recorder_name": "Nightjarxy", "idle_logout_min": 11}
    rig.click("save")
    answered(rig)
    assert api.page("general").values["recorder_name"] == "Nightjarxy"
    assert not page.dirty


@pytest.mark.parametrize("refusal", [None, ApiError(422, "OutOfRange", "It is too long.", "zone")])
def test_an_answer_to_a_page_that_was_left_changes_no_other(refusal):
    rig, page, api = saving()
    rig.click("page-date-time")
    rig.key("right", "ok")
    save, *loads = rig.screen._worker.held
    rig.screen._worker.held = loads
    answered(rig)
    before = page.form.values()
    api.refuse = refusal
    rig.screen._worker.held = [save]
    answered(rig)
    assert page.current.name == "date-time"
    assert page.form.values() == before
    assert page.form.first_problem() is None
    assert page.loaded.document.page == "date-time"
    assert not page.dirty
    assert rig.notices[-1] == ("Saved." if refusal is None else "It is too long.")


def test_channel_pages_have_a_selector_and_copy_to_others():
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page="record-mode", channel=2))
    assert page.channel == 2
    rig.click("channel")
    rig.key("up", "ok")
    assert page.channel == 1
    rig.click("copy")
    rig.key("ok")
    rig.go_to("take")
    rig.key("ok")
    assert api.calls == [("copy_page", "record-mode", 1, [2])]
    assert rig.notices == ["Copied to 1 camera."]


@pytest.mark.covers("D-REC-03")
def test_an_action_asks_for_its_parameters():
    rig, rooms, api = house()
    rig.open(SettingsPage(rooms, page="record-schedule", channel=1))
    rig.click("action-copy-day")
    rig.key("ok", "ok")
    rig.click("to")
    rig.key("right", "ok")
    rig.go_to("take")
    rig.key("ok")
    rig.go_to("go")
    rig.key("ok")
    assert api.calls == [("run_action", "record-schedule", "copy-day", {"day": 0, "to": [1]}, 1)]


def test_without_a_camera_a_channel_page_says_so():
    rig, rooms, api = house()
    api.names.clear()
    rig.open(SettingsPage(rooms, page="record-schedule"))
    assert "There is no camera yet" in rig.words()
    assert unreachable(rig.screen) == []


def test_when_control_is_gone_the_page_says_so_and_tries_again():
    rig, rooms, api = house()
    api.refuse = Unavailable(process="control")
    rig.open(SettingsPage(rooms, page="general"))
    assert str(Unavailable(process="control")) in rig.words()
    api.refuse = None
    rig.go_to("again")
    rig.key("ok")
    assert "Recorder name" in rig.words()


def test_a_login_that_ran_out_is_asked_for_again_and_nothing_written_is_lost():
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page="general"))
    rig.screen.focus_on("recorder_name")
    rig.type("2")
    api.refuse = ApiError(401, "NotLoggedIn", "Log in first.")
    rig.click("save")
    api.refuse = None
    rig.type("long enough 1")
    rig.key("ok")
    assert rig.top is page
    assert api.calls[-1] == ("set_page", "general", {"recorder_name": "Nightjar2"}, None)


@pytest.mark.covers("D-CAM-03", "D-INP-11")
def test_a_camera_is_added_with_the_keyboard_alone():
    rig, rooms, api = house()
    api.names.clear()
    rig.open(Cameras(rooms))
    rig.go_to("add")
    rig.key("ok")
    rig.type("http://10.0.0.5/1")
    rig.go_to("enter")
    rig.key("ok")
    assert "must begin with rtsp" in rig.words()
    assert rig.focus == "url"
    for _ in range(20):
        rig.key("backspace")
    rig.type("rtsp://10.0.0.5/1")
    rig.key("down")
    rig.type("viewer")
    rig.go_to("enter")
    rig.key("ok")
    assert api.calls[-1] == ("add_channel", {"url": "rtsp://10.0.0.5/1", "user": "viewer"})
    assert "Camera 1" in rig.words()


@pytest.mark.covers("D-CAM-04", "D-RULE-12")
def test_removing_a_camera_asks_and_the_safe_answer_has_the_focus():
    rig, rooms, api = house()
    rig.open(Cameras(rooms))
    rig.key("ok")
    rig.go_to("item-5")
    rig.key("ok")
    assert "Front door" in rig.words()
    rig.key("ok")
    assert api.names == {1: "Front door", 2: "Yard"}
    rig.key("ok")
    rig.go_to("item-5")
    rig.key("ok", "right", "ok")
    assert api.names == {2: "Yard"}


def test_the_list_of_cameras_follows_their_state_and_asks_no_more_when_closed():
    rig, rooms, api = house()
    page = rig.open(Cameras(rooms))
    api.names[3] = "Garage"
    rig.clock.advance(2.1)
    rig.show()
    assert "Garage" in rig.words()
    page.close()
    rig.clock.advance(10)
    rig.show()
    assert rig.screen.sleep_s() is None


@pytest.mark.covers("D-CAM-12", "D-MNT-04")
def test_the_list_of_cameras_tells_the_state_of_each_and_what_it_sends():
    rig, rooms, api = house()
    front, yard = api.channels()[:2]
    plays = StreamStatus(
        1, StreamName.MAIN, StreamState.PLAYING, codec="h265", width=1920, height=1080, frames_per_s=24.9,
        bits_per_s=4_110_000, recording=True,
    )  # fmt: skip
    refuses = StreamStatus(2, StreamName.MAIN, StreamState.WRONG_PASSWORD)
    api.channels = lambda: [replace(front, streams=(plays,)), replace(yard, streams=(refuses,))]
    rig.open(Cameras(rooms))
    words = rig.words()
    assert "Live, recording" in words
    assert "1920×1080 · H.265 · 25 fps · 4.1 Mbit/s" in words  # noqa: RUF001
    assert "Wrong password" in words


def test_a_page_that_crashes_leaves_a_sheet_and_the_rest_lives():
    rig, rooms, _api = house()
    wall = rig.screen.navigator.top
    page = rig.open(SettingsPage(rooms, page="general"))

    def fail(_surface):
        raise ZeroDivisionError("on purpose")

    page.find("recorder_name").draw = fail
    page.find("recorder_name").invalidate()
    rig.show()
    assert rig.screen.paint_on(rig.presenter.canvas) == []
    assert page.shown_on is None
    assert "Settings stopped working" in rig.words()
    assert "ZeroDivisionError" in rig.words()
    rig.key("ok")
    assert rig.top is wall
    rig.open(SettingsPage(rooms, page="general"))
    assert "Recorder name" in rig.words()


@pytest.mark.parametrize("where", ["build", "handle", "opened", "layout"])
def test_wherever_a_page_crashes_it_leaves_a_sheet(where):
    rig, rooms, _api = house()
    page = MainMenu(rooms)

    def fail(*_anything):
        raise KeyError("on purpose")

    setattr(page, where, fail)
    rig.open(page)
    rig.key("down", "ok")
    rig.show()
    assert page.shown_on is None
    assert "stopped working" in rig.words() or "wall" in rig.top.name


def test_an_idle_settings_page_draws_nothing():
    rig, rooms, _api = house()
    rig.open(SettingsPage(rooms, page="record-schedule"))
    presented = rig.presenter.presented
    for _ in range(60):
        rig.clock.advance(0.5)
        rig.show()
    assert rig.presenter.presented == presented


def test_a_page_with_several_items_has_a_selector_and_saves_the_chosen_one():
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page="pool"))
    assert page.item == "1"
    rig.click("item")
    rig.key("down", "ok")
    assert page.item == "2"
    rig.go_to("takes_spill")
    rig.key("ok")
    rig.click("save")
    assert api.calls == [("set_page", "pool", {"takes_spill": False}, "2")]


def test_buttons_of_a_disk_are_pressed_for_that_disk():
    rig, rooms, api = house()
    page = rig.open(SettingsPage(rooms, page="disk"))
    rig.click("item")
    rig.key("down", "ok")
    assert page.item == "b" * 32
    rig.click("action-rebuild")
    rig.go_to("do")
    rig.key("ok")
    assert api.calls == [("run_action", "disk", "rebuild", {}, "b" * 32)]


def test_another_item_is_not_shown_over_unsaved_changes_without_asking():
    rig, rooms, _api = house()
    page = rig.open(SettingsPage(rooms, page="pool"))
    rig.go_to("takes_spill")
    rig.key("ok")
    page._to_item("2")
    assert rig.top is not page
    assert page.item == "1"


@pytest.mark.parametrize("size", SIZES)
def test_disks_and_pools_are_listed_with_room_state_and_days(size):
    rig, rooms, _api = house(size)
    rig.open(Storage(rooms))
    words = " ".join(f"{one.label} {one.detail} {one.note}" for one in rig.top.list.entries)
    assert "room for 37.0 days" in words
    assert "3.0 TB of 8.0 TB" in words
    assert "40.0 Mbit/s" in words
    assert "too slow" in words
    assert "going on for 7 s" in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_choosing_a_disk_opens_its_settings():
    rig, rooms, _api = house()
    rig.open(Storage(rooms))
    rig.top.choose(("disk", "b" * 32))
    assert isinstance(rig.top, SettingsPage)
    assert rig.top.item == "b" * 32


def test_without_media_the_list_of_disks_says_so():
    rig, rooms, api = house()
    api.media = False
    rig.open(Storage(rooms))
    assert "does not answer" in rig.words()


def encrypt(rig, rooms):
    rig.open(SettingsPage(rooms, page="pool", item="2"))
    rig.go_to("encrypted")
    rig.key("ok")
    rig.click("save")


def key_on_screen(rig):
    lines = [one.text for one in rig.top.walk() if one.name.startswith("key-")]
    return "".join(lines).replace(" ", "").replace("\u2013", "-"), lines


@pytest.mark.parametrize("size", SIZES)
def test_the_recovery_key_is_shown_large_once_a_pool_is_encrypted(size):
    rig, rooms, api = house(size)
    encrypt(rig, rooms)
    assert rig.top.title == "Recovery key of pool 2"
    shown, lines = key_on_screen(rig)
    assert parse_recovery_key(shown) == bytes(range(32))
    assert max(len(line.split()) for line in lines) <= 7
    assert "Write this key down now" in rig.words()
    assert clipped(rig.screen) == []
    assert rig.focus == "written"
    rig.key("ok")
    assert isinstance(rig.top, SettingsPage)
    rig.go_to("takes_spill")
    rig.key("ok")
    rig.click("save")
    assert isinstance(rig.top, SettingsPage)
    assert [one for one in api.calls if one[0] == "recovery_key"] == [("recovery_key", 2)]


def test_the_recovery_key_is_shown_again_by_its_button_and_a_pool_without_one_says_so():
    rig, rooms, _api = house()
    encrypt(rig, rooms)
    rig.key("back")
    rig.go_to("recovery-key")
    rig.key("ok")
    assert parse_recovery_key(key_on_screen(rig)[0]) == bytes(range(32))
    rig.key("back")
    rig.top._to_item("1")
    rig.show()
    rig.click("recovery-key")
    assert rig.notices[-1] == "Pool 1 is not encrypted, so it has no recovery key."
    assert isinstance(rig.top, SettingsPage)


@pytest.mark.parametrize("size", SIZES)
def test_a_recovery_key_is_entered_at_the_disks_and_a_slip_is_told(size):
    rig, rooms, api = house(size)
    rig.open(SettingsPage(rooms, page="disk"))
    rig.click("enter-key")
    right = recovery_key(bytes(range(32)))
    rig.type(right[:-1])
    assert clipped(rig.screen) == []
    rig.click("enter")
    assert "it has 55 signs instead of 56" in rig.words()
    assert rig.focus == "typed"
    assert clipped(rig.screen) == []
    rig.type(right[-1].lower())
    rig.click("enter")
    assert rig.notices[-1].startswith("The key is known now.")
    assert isinstance(rig.top, SettingsPage)
    assert api.calls[-1] == ("enter_recovery_key", right[:-1] + right[-1].lower())


@pytest.mark.parametrize("missing", [0, 1])
def test_adopting_a_disk_asks_for_the_recovery_key_where_it_is_missing(missing):
    rig, rooms, api = house()
    api.results = {"missing_keys": missing}
    rig.open(SettingsPage(rooms, page="disk"))
    rig.click("action-adopt")
    rig.go_to("do")
    rig.key("ok")
    rig.go_to("typed")
    rig.type("aaaaaaaa")
    rig.click("go")
    assert any(one[:3] == ("run_action", "disk", "adopt") for one in api.calls)
    assert (rig.top.title == "Enter recovery key") is bool(missing)


@pytest.mark.covers("D-SYS-14")
def test_a_holiday_is_added_saved_and_taken_away():
    rig, rooms, api = house()
    api.stored["holiday", "1"] = built_in().page("holiday")(name="New Year").model_dump(mode="json")
    api.revisions["holiday", "1"] = 1
    rig.open(SettingsPage(rooms, page="holiday"))
    rig.click("add-item")
    assert rig.top.item == "2"
    assert rig.find("item").text == "New"
    rig.screen.focus_on("name")
    rig.type("Christmas")
    rig.click("save")
    assert api.calls[-1] == ("set_page", "holiday", {"name": "Christmas"}, "2")
    rig.click("remove-item")
    assert rig.focus == "cancel"
    rig.key("right", "ok")
    assert api.calls[-1] == ("remove_item", "holiday", "2")
    assert rig.top.item == "1"


@pytest.mark.covers("D-REC-01.4")
def test_a_template_is_copied_to_the_cameras_that_are_ticked():
    rig, rooms, _api = house()
    rig.open(SettingsPage(rooms, page="week-template"))
    rig.click("action-copy-to-cameras")
    rig.click("cameras")
    assert "1  Front door" in rig.words()
    assert "2  Yard" in rig.words()


@pytest.mark.parametrize("page", ["motion-detection", "login-rules", "security-advice", "record-schedule"])
def test_right_leads_from_a_page_to_its_first_field_and_down_never_back_from_the_foot(page):
    rig, rooms, _api = house()
    rooms.settings(page=page)
    rig.show()
    assert rig.focus == f"page-{page}"
    rig.key("right")
    first = next(iter(rig.top.form.rows.values()))
    assert rig.screen.focus in list(first.walk())
    if isinstance(rig.screen.focus, Toggle):
        # A number steps by left and right; all else leads back.
        rig.key("left")
        assert rig.focus == f"page-{page}"
    rig.screen.focus_on("save")
    rig.key("down", "down")
    assert rig.focus == "save"
    rig.go_to("discard")
    rig.key("down")
    assert rig.focus == "discard"


def test_while_a_page_loads_the_focus_is_on_its_name_and_a_second_ok_leaves_nothing():
    rig, rooms, _api = house()
    rig.screen._worker = HeldWorker()
    page = rig.open(SettingsPage(rooms, area="event"))
    rig.screen._worker.release()
    rig.show()
    assert page.form is None
    assert rig.focus == f"page-{page.current.name}"
    rig.key("ok")
    assert rig.top is page
    answered(rig)
    assert page.form is not None
    assert rig.focus == f"page-{page.current.name}"
