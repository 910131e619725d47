"""A configuration comes to another recorder: what changes is told first, and it comes whole or not at all."""

import contextlib
import shutil
import threading

import msgspec
import pytest
from argon2 import PasswordHasher

from recorder.accounts.store import AccountStore
from recorder.client.answers.configuration import Extent, Taking
from recorder.client.answers.disks import StickStatus
from recorder.client.api import ApiError
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.configuration import contents, desk, sealed
from recorder.configuration.incoming import move_in
from recorder.configuration.placing import Placing
from recorder.configuration.reset import carry_out
from recorder.configuration.reset_flag import ask_for
from recorder.control.sticks import Sticks
from recorder.sealing import Sealer
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.general import General
from recorder.settings.pages.pool import Pool
from recorder.settings.pages.record_schedule import RecordSchedule
from recorder.settings.pages.restreaming import Restreaming
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import ADMINISTRATORS
from recorder.settings.registry import built_in
from recorder.settings.settings import Author, Settings
from recorder.settings.store import SettingsStore
from recorder.store.carried_key import take_back
from recorder.store.device_key import DeviceKey
from recorder.store.ids import RESTORED, kept_number, next_boot
from recorder.store.key_ring import KeyRing
from tests.recorder.api.served import PASSWORD, Served, wait_for
from tests.recorder.configuration.cutting import PowerCut, every_cut
from tests.recorder.control.test_wav import wav

FILE_PASSWORD = "kept in the safe"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ME = Author("admin", "test")


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Passwords of files that cost nothing: what they cost is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "secret_of_password", lambda password: sealed.secret_of_record(CHEAP.hash(password), ""))
        yield


def change(served, page, values, item=""):
    served.control.settings.change(page, values, ME, item=item)


def live_in(served):
    """The shop's recorder."""
    served.set_up()
    change(served, General, {"recorder_name": "Shop", "instant_playback_min": 7})
    change(served, Channel, {"name": "Gate", "url": "rtsp://10.0.0.7/a", "user": "u", "password": "hunter2"}, "1")
    change(served, RecordSchedule, {"pre_record_s": 9}, "1")
    change(served, Pool, {"name": "Long", "encrypted": True}, "2")
    change(served, Restreaming, {"enabled": True})
    change(served, User, {"group": ADMINISTRATORS, "remarks": "the other one"}, "anna")
    served.control.accounts.passwords.set_password("anna", "a word of anna", ME, must_change=False)
    KeyRing(served.instance).make(2)
    assert DeviceKey(served.instance).public
    next_boot(served.instance.state)
    served.owner.put_voice("hello", wav())


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A recorder's configuration, and what it is known by."""
    data = tmp_path_factory.mktemp("shop") / "data"
    with Served(data) as served:
        live_in(served)
        file = served.owner.export_configuration(FILE_PASSWORD)
        return file, kept_number(served.instance.state)[0], KeyRing(served.instance).writing(2).secret


def take(served, file, taking, **more):
    held = served.owner.hold_configuration(file)
    told = []
    served.control.leave = lambda: told.append(True)
    served.owner.take_configuration(held.id, FILE_PASSWORD, taking, **more)
    wait_for(lambda: told)


def look(served, file, taking):
    return served.owner.look_at_configuration(served.owner.hold_configuration(file).id, FILE_PASSWORD, taking)


def names(preview):
    return {(one.page, one.item, one.field) for one in preview.differences}


@pytest.mark.covers("D-MNT-11", "V-SYS-08")
def test_a_reinstalled_recorder_is_again_what_it_was(shop, tmp_path):
    file, number, key = shop
    with Served(tmp_path / "data") as fresh:
        fresh.set_up()
        told = fresh.owner.hold_configuration(file)
        assert (told.name, told.same_recorder) == ("Shop", False)
        seen = look(fresh, file, Taking.SAME)
        assert {("General", "", "Recorder name"), ("Channel", "1", "Password")} <= names(seen)
        assert "hunter2" not in str(seen)
        assert (seen.users, seen.left_out, seen.more, seen.becomes) == (("admin", "anna"), (), 0, True)
        assert fresh.owner.status().name == "Nightjar", "looking changes nothing"
        assert not list(fresh.instance.config.glob("incoming*"))
        take(fresh, file, Taking.SAME)
    assert move_in(fresh.instance)
    with Served(tmp_path / "data") as again:
        settings = again.control.settings
        assert settings.get(General).instant_playback_min == 7
        assert settings.get(Channel, "1").password.reveal() == "hunter2"
        assert settings.get(RecordSchedule, "1").pre_record_s == 9
        assert settings.get(Restreaming).enabled
        again.web.log_in("anna", "a word of anna")
        assert KeyRing(again.instance).writing(2).secret == key
        assert again.control.sounds.voices.has("hello")
        assert again.control.settings.check_audit().broken_at is None
        rows = [(one.who, one.new) for one in again.owner.audit(limit=1000)]
        assert any(who == "owner" and new.startswith('"taken from Shop as of ') for who, new in rows)
        assert "hunter2" not in str(rows)
    ids = next_boot(again.instance.state)
    assert f"{ids.recorder:016x}" == number
    assert ids.boot > 100_000, "no id of before the backup returns"
    assert next_boot(again.instance.state).boot == ids.boot + 1, "and it is brought back once"


@pytest.mark.covers("V-SYS-08")
def test_a_clone_keeps_its_name_number_keys_cameras_disks_and_network(shop, tmp_path):
    file, number, key = shop
    with Served(tmp_path / "data") as other:
        other.set_up()
        change(other, General, {"recorder_name": "Branch"})
        change(other, Channel, {"url": "rtsp://10.9.9.9/b"}, "2")
        own = KeyRing(other.instance).make(3)
        own_number = next_boot(other.instance.state).recorder
        own_key = DeviceKey(other.instance).public
        seen = look(other, file, Taking.CLONE)
        assert not {one for one in names(seen) if one[0] == "Channel" or one[2] == "Recorder name"}
        assert not seen.becomes
        take(other, file, Taking.CLONE)
    assert move_in(other.instance)
    with Served(tmp_path / "data") as again:
        settings = again.control.settings
        assert (settings.get(General).recorder_name, settings.get(General).instant_playback_min) == ("Branch", 7)
        assert settings.get(Channel, "2").url == "rtsp://10.9.9.9/b"
        assert [one.item for one in settings.items(Channel)] == ["2"]
        assert not settings.get(Restreaming).enabled
        assert settings.get(Pool, "2").name == "Long"
        again.web.log_in("anna", "a word of anna")
        assert KeyRing(again.instance).writing(3) == own
        assert KeyRing(again.instance).writing(2).secret != key, "its encrypted pool has a key of its own"
    assert take_back(again.instance, ManualClock()).public == own_key, "it vouches with its own key"
    assert next_boot(again.instance.state).recorder == own_number != int(number, 16)


def test_sounds_that_a_file_has_no_room_for_are_named_before_it_is_made_and_in_the_audit(tmp_path):
    with Served(tmp_path / "data") as served:
        live_in(served)
        assert served.owner.configuration().left_out == ""
        for number in range(13):
            (served.instance.config / "voices" / f"gate{number:02}.wav").write_bytes(bytes((2 << 20) + 44))
        assert served.owner.configuration().left_out.endswith("to be kept elsewhere: gate11, gate12.")
        file = served.owner.export_configuration(FILE_PASSWORD)
        kept = contents.read(sealed.open_sealed(file, FILE_PASSWORD)).voices
        assert kept.keys() == {"hello", *(f"gate{number:02}" for number in range(11))}
        (row, *_older) = served.owner.audit(page="configuration")
        assert "elsewhere: gate11, gate12." in row.new


def test_a_stick_that_answers_nobody_holds_no_thread_of_those_who_ask_for_long(served, monkeypatch):
    answers = threading.Event()
    monkeypatch.setattr(desk, "STICK_S", 0.3)
    monkeypatch.setattr(desk, "found_on", lambda *_stick: answers.wait(300) and ())
    slow = StickStatus("USB1", "SLOW", "/run/nightjar/sticks/stick-0", 1, 1)
    monkeypatch.setattr(Sticks, "sticks", (slow,))
    try:
        for _nth in range(50):
            told = served.owner.configuration()
            assert told.stick_problem == "The USB stick SLOW takes long to answer. Wait, or take another one."
    finally:
        answers.set()
    wait_for(lambda: not served.owner.configuration().stick_problem)


def forged(**changes):
    """A file that its maker gave a content of his choice."""
    made = contents.Contents(
        documents=(contents.Document("user", "admin", 1, {"group": ADMINISTRATORS}),),
        credentials=(contents.Credential("admin", CHEAP.hash(PASSWORD), 1),),
    )
    made = msgspec.to_builtins(msgspec.structs.replace(made, **changes))
    secret = sealed.secret_of_record(CHEAP.hash(FILE_PASSWORD), "")
    return sealed.seal(sealed.Manifest(made_us=1, name="x"), [secret], msgspec.json.encode(made))


def user(name, group=ADMINISTRATORS, **more):
    return contents.Document("user", name, 1, {"group": group, **more})


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("served") / "data") as found:
        found.set_up()
        yield found


@pytest.mark.parametrize(
    "changes",
    [
        {"documents": ()},
        {"credentials": ()},
        {"documents": (user("admin", enabled=False),)},
        {"documents": (user("admin", "nobody"),)},
        {"documents": (user("somebody"),)},
    ],
)
def test_a_configuration_with_which_nobody_could_look_after_the_recorder_is_refused(served, changes):
    with pytest.raises(ApiError, match="Nobody in this configuration"):
        look(served, forged(**changes), Taking.SAME)
    held = served.owner.hold_configuration(forged(**changes))
    with pytest.raises(ApiError, match="Nobody in this configuration"):
        served.owner.take_configuration(held.id, FILE_PASSWORD, Taking.SAME)
    assert not list(served.instance.config.glob("incoming*"))


ODD = {
    "general": {"recorder_name": "x" * 1000, "idle_logout_min": -5, "unheard_of": 1},
    "channel": {"url": "file:///etc/passwd"},
    "record-schedule": {"week": [[[[]]]]},
    "pool": {"name": {"$secret": 5}},
}


def test_what_does_not_fit_is_left_out_and_told(served):
    documents = [user("admin")]
    documents += [contents.Document(page, "" if page == "general" else "1", 1, body) for page, body in ODD.items()]
    documents += [
        contents.Document("channel", "../../etc", 1, {"url": "rtsp://10.0.0.7/a"}),
        contents.Document("channel", "999", 1, {"url": "rtsp://10.0.0.7/a"}),
        contents.Document("user", "../root", 1, {"group": ADMINISTRATORS}),
        contents.Document("log-keeping", "5", 1, {}),
        contents.Document("a-page-to-come", "1", 7, {"secret": "sealed:1:AAAA", "deep": {"$secret": "x"}}),
    ]
    voices = {"../../x": b"RIFF", "loud": b"no sound"}
    file = forged(documents=tuple(documents), voices=voices)
    seen = look(served, file, Taking.SAME)
    told = " | ".join(seen.left_out)
    for words in ("General", "Channel 1", "Channel ../../etc", "Channel 999", "../root", "Sound loud", "a sound whose"):
        assert words in told
    assert not list(served.instance.config.glob("incoming*"))
    take(served, file, Taking.SAME)
    with contextlib.closing(SettingsStore(served.instance.config / "incoming" / "settings.db")) as store:
        kept = {(row.page, row.item): row.body for row in store.all()}
    assert set(kept) <= {(one.page, one.item) for one in documents}
    for page, item in (("channel", "../../etc"), ("channel", "999"), ("user", "../root"), ("log-keeping", "5")):
        assert (page, item) not in kept
    assert "idle_logout_min" not in kept["general", ""] or kept["general", ""]["idle_logout_min"] >= 0
    assert kept["a-page-to-come", "1"]["secret"] == "", "what another device sealed"
    assert not list(served.instance.config.parent.rglob("x.wav"))
    assert not list(served.instance.config.rglob("loud.wav"))
    shutil.rmtree(served.instance.config / "incoming")


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "1"},
        {"documents": [{"page": "general"}]},
        {"documents": 5},
        {"credentials": [{"name": "admin", "record": 7, "set_us": 1}]},
        {"credentials": [{"name": "x" * 100_000, "record": "", "set_us": 1}]},
        {"recorder": "../../../../etc"},
        {"boot": -1},
        {"pool_keys": [{"recovery_key": "ABCD", "pool": 1 << 40}]},
        {"voices": {"a": 5}},
    ],
)
def test_what_is_of_another_form_is_refused_as_a_whole(served, changes):
    made = msgspec.json.decode(msgspec.json.encode(contents.Contents())) | changes
    secret = sealed.secret_of_record(CHEAP.hash(FILE_PASSWORD), "")
    file = sealed.seal(sealed.Manifest(made_us=1, name="x"), [secret], msgspec.json.encode(made))
    with pytest.raises(ApiError, match="is no configuration of a recorder"):
        look(served, file, Taking.SAME)


@pytest.mark.parametrize("levels", [100, 500, 900, 5000])
def test_what_is_nested_without_end_is_refused_in_words(served, levels):
    made = msgspec.json.decode(msgspec.json.encode(contents.Contents(documents=(user("admin", extra="HERE"),))))
    data = msgspec.json.encode(made).replace(b'"HERE"', b"[" * levels + b"]" * levels)
    file = sealed.seal(
        sealed.Manifest(made_us=1, name="x"), [sealed.secret_of_record(CHEAP.hash(FILE_PASSWORD), "")], data
    )
    with pytest.raises(ApiError, match="is no configuration of a recorder"):
        look(served, file, Taking.SAME)
    assert not list(served.instance.config.glob("incoming*"))


def test_numbers_no_database_takes_and_keys_that_are_none_are_refused_and_nothing_changes(served):
    twice = contents.Credential("admin", "x", 1)
    for changes in (
        {"credentials": (contents.Credential("admin", CHEAP.hash(PASSWORD), 1 << 70),)},
        {"credentials": (twice, twice)},
        {"pool_keys": (contents.PoolKey("ABCD-EFGH"),)},
    ):
        with pytest.raises(ApiError, match=r"cannot be used|is no configuration"):
            look(served, forged(**changes), Taking.SAME)
    assert not list(served.instance.config.glob("incoming*"))
    served.admin()


def test_a_newer_one_says_that_it_is_newer(served):
    with pytest.raises(ApiError, match="newer version"):
        look(served, forged(format=2), Taking.SAME)


def test_a_wrong_password_a_file_of_before_and_no_file_open_nothing(served, shop):
    held = served.owner.hold_configuration(shop[0])
    with pytest.raises(ApiError, match="does not open"):
        served.owner.look_at_configuration(held.id, "not this", Taking.SAME)
    served.owner.hold_configuration(forged())
    with pytest.raises(ApiError, match="There is no configuration"):
        served.owner.look_at_configuration(held.id, FILE_PASSWORD, Taking.SAME)
    with pytest.raises(ApiError, match="is no configuration of a recorder"):
        served.owner.hold_configuration(b"PK\x03\x04" + bytes(1000))
    with pytest.raises(ApiError, match="8 to 128"):
        served.owner.export_configuration("short")


def test_an_administrator_of_the_network_needs_his_password_to_take_anything_out_or_in(served, shop):
    admin = served.admin()
    held = admin.hold_configuration(shop[0])
    for forbidden in (
        lambda: admin.export_configuration(FILE_PASSWORD, "wrong"),
        lambda: admin.export_configuration(FILE_PASSWORD),
        lambda: admin.take_configuration(held.id, FILE_PASSWORD, Taking.SAME, "wrong"),
    ):
        with pytest.raises(ApiError, match="User or password is wrong"):
            forbidden()
    assert admin.export_configuration(FILE_PASSWORD, PASSWORD).startswith(b"NJSC")
    with pytest.raises(ApiError, match="Log in"):
        served.web.export_configuration(FILE_PASSWORD, PASSWORD)
    with pytest.raises(ApiError):
        served.screen.export_configuration(FILE_PASSWORD, PASSWORD)


# --- power cuts ---


def kept(data):
    """What a recorder starts with: its name, who has a password, cameras with theirs. All of one configuration."""
    instance = Instance(data)
    with (
        contextlib.closing(SettingsStore(instance.config / "settings.db")) as store,
        contextlib.closing(AccountStore(instance.config / "accounts.db")) as accounts,
    ):
        settings = Settings(store, built_in(), Sealer(instance), ManualClock())
        channels = [(one.item, one.values.password.reveal()) for one in settings.items(Channel)]
        number = kept_number(instance.state, RESTORED)[0]
        return settings.get(General).recorder_name, sorted(accounts.holders()), channels, bool(number)


OLD = ("Nightjar", ["admin"], [], False)
NEW = ("Shop", ["admin", "anna"], [("1", "hunter2")], True)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """A recorder with a configuration of its own, that another is brought to."""
    with Served(tmp_path_factory.mktemp("old") / "data") as found:
        found.set_up()
        yield found


def brought(old, shop, steps=None):
    made = contents.read(sealed.open_sealed(shop[0], FILE_PASSWORD))
    placing = Placing(old.instance, old.control._settings_store, old.control.settings, ManualClock())
    placing.take(made, Taking.SAME, ME, "taken", steps)


def afterwards(old, place):
    """The recorder as it lies on its disk after a power cut."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(old.instance.data, place, ignore=shutil.ignore_patterns("*.sock"))
    return Instance(place)


def test_a_power_cut_at_any_step_of_taking_one_in_leaves_the_old_or_the_new_whole(old, shop, tmp_path):
    found = set()

    def work(steps):
        shutil.rmtree(old.instance.config / "incoming", ignore_errors=True)
        brought(old, shop, steps)

    for steps in every_cut(work):
        with pytest.raises(PowerCut):
            work(steps)
        after = afterwards(old, tmp_path / "after")
        came = move_in(after)
        assert kept(after.data) == (NEW if came else OLD), (steps.at, steps.done)
        assert not (after.config / "incoming").exists()
        found.add(came)
    assert found == {False, True}
    shutil.rmtree(old.instance.config / "incoming", ignore_errors=True)


def test_a_power_cut_at_any_step_of_moving_it_in_leaves_the_new_whole_at_the_next_start(old, shop, tmp_path):
    brought(old, shop)

    def work(steps):
        move_in(afterwards(old, tmp_path / "after"), steps)

    for steps in every_cut(work):
        with pytest.raises(PowerCut):
            work(steps)
        after = Instance(tmp_path / "after")
        move_in(after)
        assert kept(after.data) == NEW, (steps.at, steps.done)
        assert (after.config / "voices" / "hello.wav").exists()
        assert not (after.config / "incoming").exists()
    shutil.rmtree(old.instance.config / "incoming")


def test_a_reset_that_is_asked_for_after_it_counts(old, shop, tmp_path):
    brought(old, shop)
    after = afterwards(old, tmp_path / "after")
    shutil.rmtree(old.instance.config / "incoming")
    ask_for(after.config, Extent.SETTINGS)
    assert carry_out(after, built_in(), ManualClock())
    assert not move_in(after)
    assert kept(after.data) == OLD
