"""Reading and changing pages: checked, whole, noted."""

import json
import sqlite3

import pytest

from recorder.client.answers import MASK
from recorder.client.errors import NotFound
from recorder.settings.errors import BadSetting, Conflict, DamagedSettings, ReadOnlySetting, UnknownSetting
from recorder.settings.machine import Machine
from recorder.settings.page import Page, setting
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.general import General
from recorder.settings.pages.record_mode import Mode, RecordMode
from recorder.settings.registry import Registry
from recorder.settings.schema import form_schema
from recorder.settings.scope import Area, Capability, Permission, Scope
from recorder.settings.store import FILE, SettingsStore

PASSWORD = "geheim-4711"


class Note(Page, scope=Scope.LIST, area=Area.SYSTEM, permission=Permission.SYSTEM, title="Note"):
    text: str = setting("", title="Text")


def test_defaults_hold_until_something_is_stored(settings):
    assert settings.read(General).revision == 0
    assert settings.get(General).recorder_name == "Nightjar"


def test_a_change_outlives_a_restart(open_settings, author):
    open_settings().change(General, {"recorder_name": "Harbour"}, author)
    assert open_settings().get(General).recorder_name == "Harbour"


def test_a_change_leaves_other_fields_as_they_are(settings, author):
    settings.change(General, {"recorder_name": "Harbour"}, author)
    settings.change(General, {"idle_logout_min": 0}, author)
    assert settings.get(General).recorder_name == "Harbour"


def test_a_change_of_what_somebody_else_changed_is_refused(settings, author):
    seen = settings.read(General).revision
    settings.change(General, {"recorder_name": "Harbour"}, author, revision=seen)
    with pytest.raises(Conflict):
        settings.change(General, {"recorder_name": "Gate"}, author, revision=seen)
    assert settings.get(General).recorder_name == "Harbour"


def test_a_revision_never_comes_back_after_removal(settings, author):
    first = settings.change(Channel, {"url": "rtsp://camera/"}, author, item="1").revision
    settings.remove_item(Scope.CHANNEL, "1", author)
    again = settings.change(Channel, {"url": "rtsp://camera/"}, author, item="1").revision
    assert again > first
    with pytest.raises(Conflict):
        settings.change(Channel, {"name": "x"}, author, item="1", revision=first)


def test_one_wrong_field_keeps_all_from_being_stored(settings, author):
    with pytest.raises(BadSetting):
        settings.change(General, {"recorder_name": "Harbour", "instant_playback_min": 61}, author)
    assert settings.get(General).recorder_name == "Nightjar"
    assert settings.changes() == []


def test_an_unknown_field_is_refused_by_name(settings, author):
    with pytest.raises(UnknownSetting) as refused:
        settings.change(General, {"colour": "red"}, author)
    assert refused.value.field == "colour"


def test_fields_of_a_newer_version_survive(open_settings, instance, author):
    settings = open_settings()
    settings.change(General, {"recorder_name": "Harbour"}, author)
    with sqlite3.connect(instance.config / FILE) as db:
        (body,) = db.execute("SELECT body FROM document").fetchone()
        later = {**json.loads(body), "from_the_future": [1, {"a": 2}]}
        db.execute("UPDATE document SET body = ?, version = 9", (json.dumps(later),))
    settings = open_settings()
    settings.change(General, {"recorder_name": "Gate"}, author)
    with sqlite3.connect(instance.config / FILE) as db:
        body, version = db.execute("SELECT body, version FROM document").fetchone()
    assert json.loads(body)["from_the_future"] == [1, {"a": 2}]
    assert (json.loads(body)["recorder_name"], version) == ("Gate", 9)


def test_stored_values_are_brought_to_todays_form_step_by_step(open_settings, author):
    def page(version, **fields):
        class Lamp(Page, area=Area.SYSTEM, permission=Permission.SYSTEM, version=version, title="Lamp"):
            __annotations__ = dict.fromkeys(fields, int)
            locals().update(fields)

            @classmethod
            def upgrade(cls, values, version):
                match version:
                    case 1:
                        return {"watts": values["power"]}
                    case 2:
                        return {"milliwatts": values["watts"] * 1000}
                raise AssertionError(version)

        return Lamp

    first = page(1, power=setting(1, title="Power"))
    open_settings(Registry([first])).change(first, {"power": 7}, author)
    third = page(3, milliwatts=setting(0, title="Power", unit="mW"))
    settings = open_settings(Registry([third]))
    assert settings.get(third).milliwatts == 7000
    settings.change(third, {"milliwatts": 5}, author)
    assert open_settings(Registry([third])).get(third).milliwatts == 5


def test_what_an_older_recorder_asked_for_in_vain_is_let_go_of(open_settings, instance, author):
    open_settings().change(General, {"recorder_name": "Harbour", "idle_logout_min": 7}, author)
    with sqlite3.connect(instance.config / FILE) as db:
        then = "json_set(body, '$.video_standard', 'ntsc', '$.language', 'en')"
        db.execute(f"UPDATE document SET version = 1, body = {then}")
    settings = open_settings()
    assert (settings.get(General).recorder_name, settings.get(General).idle_logout_min) == ("Harbour", 7)
    settings.change(General, {"idle_logout_min": 8}, author)
    with sqlite3.connect(instance.config / FILE) as db:
        body, version = db.execute("SELECT body, version FROM document").fetchone()
    assert version == 2
    assert json.loads(body).keys() == General.model_fields.keys()


def test_a_stored_value_that_no_longer_fits_falls_back_alone(open_settings, instance, author):
    open_settings().change(General, {"recorder_name": "Harbour", "idle_logout_min": 7}, author)
    with sqlite3.connect(instance.config / FILE) as db:
        db.execute("UPDATE document SET body = json_set(body, '$.idle_logout_min', 999)")
    found = open_settings().get(General)
    assert (found.recorder_name, found.idle_logout_min) == ("Harbour", 10)


def test_a_document_that_cannot_be_read_at_all_is_named_and_others_stay(open_settings, instance, author):
    settings = open_settings()
    for number in "12":
        settings.change(Channel, {"url": f"rtsp://camera/{number}"}, author, item=number)
    with sqlite3.connect(instance.config / FILE) as db:
        db.execute("UPDATE document SET body = json_remove(body, '$.url') WHERE item = '1'")
    settings = open_settings()
    with pytest.raises(DamagedSettings, match="channel 1"):
        settings.get(Channel, "1")
    assert [one.item for one in settings.items(Channel)] == ["2"]


def test_a_secret_is_nowhere_to_be_read(settings, instance, author, caplog):
    caplog.set_level(0)
    stored = settings.change(Channel, {"url": "rtsp://camera/", "password": PASSWORD}, author, item="1")
    settings.change(Channel, {"password": PASSWORD + "2"}, author, item="1")
    assert settings.get(Channel, "1").password.reveal() == PASSWORD + "2"
    assert PASSWORD not in json.dumps(settings.shown(stored.values))
    assert PASSWORD not in repr(stored) + str(stored.values) + caplog.text
    assert PASSWORD not in repr(settings.changes())
    for path in instance.config.iterdir():
        assert PASSWORD.encode() not in path.read_bytes(), path.name


def test_the_mask_leaves_a_secret_as_it_is_and_nothing_clears_it(settings, author):
    settings.change(Channel, {"url": "rtsp://camera/", "password": PASSWORD}, author, item="1")
    assert settings.change(Channel, {"password": MASK}, author, item="1").values.password.reveal() == PASSWORD
    assert not settings.change(Channel, {"password": ""}, author, item="1").values.password


def test_a_secret_of_another_device_is_empty_and_the_page_stays(open_settings, instance, author):
    open_settings().change(Channel, {"name": "Gate", "url": "rtsp://camera/", "password": PASSWORD}, author, item="1")
    (instance.config / "device.key").write_bytes(b"\x01" * 32)
    found = open_settings().get(Channel, "1")
    assert (found.name, bool(found.password)) == ("Gate", False)


@pytest.mark.covers("D-MNT-01")
def test_the_first_change_of_a_page_is_of_what_was_changed_and_from_what_held_until_then(settings, author):
    settings.change(General, {"recorder_name": "Harbour"}, author)
    (row,) = settings.changes()
    assert (row.page, row.field, row.old, row.new) == ("general", "recorder_name", '"Nightjar"', '"Harbour"')
    settings.change(General, {"recorder_name": "Harbour", "idle_logout_min": 0}, author)
    assert [one.field for one in settings.changes()] == ["idle_logout_min", "recorder_name"]


def test_the_audit_says_who_changed_what_from_what_to_what(settings, author):
    settings.change(Channel, {"url": "rtsp://camera/", "password": PASSWORD}, author, item="1")
    settings.change(Channel, {"name": "Gate", "password": "another one"}, author, item="1")
    password, name = settings.changes()[:2]
    assert (name.who, name.source, name.page, name.item, name.field) == ("ada", "screen", "channel", "1", "name")
    assert (name.old, name.new) == ('""', '"Gate"')
    assert json.loads(password.old) == json.loads(password.new) == MASK


def test_what_changes_nothing_is_no_change(settings, author):
    before = settings.change(General, {"recorder_name": "Harbour"}, author)
    rows = len(settings.changes())
    assert settings.change(General, {"recorder_name": "Harbour"}, author).revision == before.revision
    assert len(settings.changes()) == rows


def test_listeners_hear_of_all_that_changed_together(settings, author):
    heard = []
    settings.listen(heard.append)
    settings.change(RecordMode, {"mode": "off"}, author, item="1")
    settings.copy(RecordMode, "1", ["2", "3"], author)
    assert [[one.item for one in changed] for changed in heard] == [["1"], ["2", "3"]]
    assert settings.get(RecordMode, "3").mode is Mode.OFF


def test_a_listener_that_fails_keeps_neither_the_change_nor_the_others_from_it(settings, author, caplog):
    heard = []

    def full(_changed):
        raise OSError("No space left on device")

    settings.listen(full)
    settings.listen(heard.append)
    assert settings.change(General, {"recorder_name": "Harbour"}, author).values.recorder_name == "Harbour"
    assert [one.page for (one,) in heard] == ["general"]
    assert "a change of general was not followed" in caplog.text


def test_what_the_operating_system_owns_is_shown_as_it_is_and_not_changed(settings, author):
    assert settings.shown(settings.get(DateTime))["network_time"] is False
    with pytest.raises(ReadOnlySetting) as refused:
        settings.change(DateTime, {"network_time": True}, author)
    assert refused.value.field == "network_time"
    settings.change(DateTime, {"zone": "Europe/Berlin", "network_time": False}, author)


def test_on_the_target_the_same_field_is_ours(open_settings, author):
    settings = open_settings(machine=Machine(system_owned=False))
    assert settings.change(DateTime, {"network_time": False}, author).values.network_time is False


def test_what_nobody_sets_is_told_by_who_knows(open_settings, author):
    settings = open_settings(machine=Machine(system_owned=False))
    said = ["Nothing keeps it right."]
    settings.tell(DateTime, "clock_state", lambda: said[0])
    assert settings.shown(settings.get(DateTime))["clock_state"] == "Nothing keeps it right."
    with pytest.raises(ReadOnlySetting):
        settings.change(DateTime, {"clock_state": "right"}, author)
    said[0] = "It is kept right."
    assert settings.shown(settings.get(DateTime))["clock_state"] == "It is kept right."
    assert form_schema(DateTime, settings.machine)["properties"]["clock_state"]["readOnly"]


@pytest.mark.parametrize("server", ["pool.ntp.org", "192.0.2.1", "2001:db8::1", ""])
def test_a_time_server_is_a_name_or_an_address(server):
    assert DateTime(time_server=server).time_server == server


@pytest.mark.parametrize("server", ["a b", "pool.ntp.org\n", "a..b", "-x.org", "http://x", "fe80::1%eth0", "x" * 64])
def test_what_is_neither_is_refused(open_settings, author, server):
    settings = open_settings(machine=Machine(system_owned=False))
    with pytest.raises(BadSetting, match="no name or address"):
        settings.change(DateTime, {"time_server": server}, author)


def test_a_field_that_needs_what_is_missing_is_not_there(open_settings):
    class Copies(Page, area=Area.STORAGE, permission=Permission.STORAGE, title="Copies"):
        redundant: bool = setting(False, title="Redundant", needs=Capability.REDUNDANT_POOL)

    settings = open_settings(Registry([Copies]))
    assert settings.shown(settings.get(Copies)) == {}
    able = Machine(system_owned=False, capabilities=frozenset({Capability.REDUNDANT_POOL}))
    settings = open_settings(Registry([Copies]), able)
    assert settings.shown(settings.get(Copies)) == {"redundant": False}


def test_a_list_page_keeps_any_number_of_documents(open_settings, author):
    settings = open_settings(Registry([Note]))
    settings.change(Note, {"text": "milk"}, author, item="monday")
    settings.change(Note, {"text": "bread"}, author, item="friday")
    assert {one.item: one.values.text for one in settings.items(Note)} == {"monday": "milk", "friday": "bread"}


def test_what_is_not_stored_and_has_no_defaults_does_not_exist(settings):
    with pytest.raises(NotFound):
        settings.get(Channel, "5")


def test_counters_go_on_after_a_restart(instance):
    for expected in (1, 2, 3):
        store = SettingsStore(instance.config / FILE)
        assert store.count("plan") == expected
        store.close()
