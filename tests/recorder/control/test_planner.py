"""The plan: what follows from settings, and what stays when settings change."""

from datetime import UTC, datetime

import msgspec
import pytest

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey, StreamName
from recorder.control.channels import Channels
from recorder.control.planner import Planner, moved
from recorder.media.disks import policy
from recorder.media.plan import DAYS_AHEAD, FullPolicy, Plan, parse
from recorder.sealing import Sealer
from recorder.settings.errors import BadSetting
from recorder.settings.machine import Machine
from recorder.settings.pages.channel_storage import ChannelStorage
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.disk import Disk
from recorder.settings.pages.pool import Pool
from recorder.settings.pages.record_mode import RecordMode
from recorder.settings.pages.record_schedule import RecordSchedule
from recorder.settings.pages.storage_basic import StorageBasic
from recorder.settings.registry import built_in
from recorder.settings.settings import Settings
from recorder.settings.store import FILE, SettingsStore
from recorder.store.key_ring import KeyRing
from recorder.store.policy import DiskUse, Quota

NOW = int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()) * SECOND_US  # a Monday
DAY = 86_400 * SECOND_US


@pytest.fixture
def settings(instance, clock):
    store = SettingsStore(instance.config / FILE)
    yield Settings(store, built_in(), Sealer(instance), clock, Machine(system_owned=True))
    store.close()


@pytest.fixture
def channels(settings, author):
    found = Channels(settings)
    settings.change(DateTime, {"zone": "UTC"}, author)
    found.add(
        {
            "name": "Gate",
            "url": "rtsp://camera/main",
            "sub_url": "rtsp://camera/sub",
            "user": "u",
            "password": "geheim",
        },
        author,
    )
    return found


@pytest.fixture
def seats():
    """The addresses of seats that are known."""
    return {3: "10.1.1.13"}


@pytest.fixture
def make(settings, instance, channels, seats):
    planner = Planner(settings, Sealer(instance), KeyRing(instance), lambda seat: seats.get(seat, ""))
    return lambda now=NOW, previous=None: planner.make(now, previous or Plan())


def spans(plan, kind=RecordType.GENERAL):
    return [(due.start_us, due.end_us) for due in plan.channel(1).record if due.type is kind]


def test_a_new_channel_records_main_round_the_clock_for_fourteen_days(make):
    channel = make().channel(1)
    assert [(due.start_us, due.end_us, due.streams) for due in channel.record] == [
        (NOW, NOW + DAYS_AHEAD * DAY, (StreamName.MAIN,))
    ]
    assert [(one.stream, one.url, one.user) for one in channel.streams] == [
        (StreamName.MAIN, "rtsp://camera/main", "u"),
        (StreamName.SUB, "rtsp://camera/sub", "u"),
    ]


@pytest.mark.covers("D-NET-19.1")
def test_the_address_of_a_seat_stands_where_the_channel_asks_for_it(make, channels, author, seats):
    channels.change(1, {"url": "rtsp://{address}:554/main", "seat": 3}, author)
    assert [one.url for one in make().channel(1).streams] == ["rtsp://10.1.1.13:554/main", "rtsp://camera/sub"]
    seats.clear()
    assert [one.url for one in make().channel(1).streams] == ["rtsp://camera/sub"]


@pytest.mark.parametrize("url", ["rtsp://{address}/main", "rtsp://{address}:554/a"])
def test_an_address_of_a_seat_needs_the_seat(channels, author, url):
    with pytest.raises(NightjarError, match="needs the number of a PoE port"):
        channels.change(1, {"url": url}, author)


@pytest.mark.parametrize("url", ["rtsp://{other}/main", "rtsp://x{address}/", "rtsp://camera/{address}"])
def test_braces_stand_only_for_the_address_of_a_seat(channels, author, url):
    with pytest.raises(NightjarError, match="no address may have"):
        channels.change(1, {"url": url, "seat": 3}, author)


def test_passwords_are_sealed_in_the_plan_and_media_can_open_them(make, instance):
    plan = make()
    assert "geheim" not in repr(plan)
    assert Sealer(instance).unseal(plan.channel(1).streams[0].password) == "geheim"


def test_an_unchanged_password_keeps_its_sealed_text_so_that_media_does_not_reconnect(make, settings, channels, author):
    first = make()
    second = make(NOW + DAY, first)
    assert second.channel(1).streams == first.channel(1).streams
    channels.change(1, {"password": "anders"}, author)
    assert make(NOW + DAY, second).channel(1).streams[0].password != first.channel(1).streams[0].password


def test_revisions_count_up(make):
    assert [make().revision for _each in range(3)] == [1, 2, 3]


@pytest.mark.covers("D-REC-06")
def test_off_records_nothing_and_still_shows(make, settings, author):
    settings.change(RecordMode, {"mode": "off"}, author, item="1")
    channel = make().channel(1)
    assert (channel.record, len(channel.streams)) == ((), 2)


@pytest.mark.covers("D-REC-06.1", "D-RULE-02")
def test_manual_records_round_the_clock_whatever_the_schedule_says(make, settings, author):
    settings.change(RecordSchedule, {"week": {"days": [[]] * 7}}, author, item="1")
    assert make().channel(1).record == ()
    settings.change(RecordMode, {"mode": "manual"}, author, item="1")
    assert spans(make()) == [(NOW, NOW + DAYS_AHEAD * DAY)]


@pytest.mark.covers("V-REC-01")
def test_a_schedule_becomes_dated_intervals_of_each_type(make, settings, author):
    monday = [{"start_min": 13 * 60, "end_min": 14 * 60, "types": ["general", "motion"]}]
    settings.change(RecordSchedule, {"week": {"days": [monday, *[[]] * 6]}, "pre_record_s": 9}, author, item="1")
    plan = make()
    hour = 3600 * SECOND_US
    expected = [(NOW + hour, NOW + 2 * hour), (NOW + 7 * DAY + hour, NOW + 7 * DAY + 2 * hour)]
    assert spans(plan) == spans(plan, RecordType.MOTION) == expected
    assert {due.pre_s for due in plan.channel(1).record} == {9}


@pytest.mark.covers("D-SYS-10")
def test_the_zone_moves_the_schedule(make, settings, author):
    night = [{"start_min": 0, "end_min": 60, "types": ["general"]}]
    settings.change(RecordSchedule, {"week": {"days": [night] * 7}}, author, item="1")
    settings.change(DateTime, {"zone": "Asia/Tokyo"}, author)
    assert datetime.fromtimestamp(spans(make())[0][0] / SECOND_US, UTC).hour == 15


@pytest.mark.covers("V-REC-05")
def test_the_sub_stream_is_recorded_where_that_is_wished(make, settings, author):
    settings.change(RecordSchedule, {"record_sub": True}, author, item="1")
    assert make().channel(1).record[0].streams == (StreamName.MAIN, StreamName.SUB)


def test_a_disabled_channel_keeps_its_name_and_nothing_else(make, channels, author):
    channels.change(1, {"enabled": False}, author)
    channel = make().channel(1)
    assert (channel.name, channel.streams, channel.record) == ("Gate", (), ())


def test_a_new_plan_is_no_new_stretch(make, settings, author):
    first = make()
    later = make(NOW + 3 * DAY, first)
    assert spans(later) == [(NOW, NOW + (3 + DAYS_AHEAD) * DAY)]


def test_what_was_not_due_before_begins_now(make, settings, author):
    settings.change(RecordMode, {"mode": "off"}, author, item="1")
    first = make()
    settings.change(RecordMode, {"mode": "auto"}, author, item="1")
    assert spans(make(NOW + DAY, first))[0][0] == NOW + DAY


def test_a_plan_that_ran_out_is_not_carried_on(make):
    old = make()
    over, goes_on = spans(make(NOW + 20 * DAY, old))
    assert over[1] <= NOW + 14 * DAY
    assert goes_on[0] == NOW + 20 * DAY


@pytest.mark.covers("D-STO-05", "D-STO-06", "D-REC-01.2")
def test_pools_disks_and_places_of_channels_reach_media(make, settings, author):
    disk = "ab" * 16
    settings.change(StorageBasic, {"expiry_days": 90}, author)
    settings.change(Pool, {"name": "Gates", "when_full": "days", "most_days": 30, "least_days": 7}, author, item="3")
    settings.change(Pool, {"name": "Copies", "takes_spill": False}, author, item="4")
    settings.change(Disk, {"pool": 3, "use": "read"}, author, item=disk)
    places = {"main_pool": 3, "sub_pool": 2, "mirror_pool": 4, "quota_gb": 100, "quota_days": 14, "priority": 2}
    settings.change(ChannelStorage, places, author, item="1")
    plan = make()
    three, four = plan.storage.pools
    assert (three.name, three.full_policy, three.expiry_days, three.least_days) == ("Gates", FullPolicy.STOP, 30, 7)
    assert (four.full_policy, four.expiry_days, four.takes_spill) == (FullPolicy.OVERWRITE, 90, False)
    found = policy(parse(msgspec.json.encode(plan)))
    assert found.use_of(disk) == DiskUse(3, read_only=True)
    assert (found.pool_of(StreamKey(1)), found.pool_of(StreamKey(1, StreamName.SUB))) == (3, 2)
    assert found.pool_of(StreamKey(2)) == 1
    assert found.mirrors[StreamKey(1)] == found.mirrors[StreamKey(1, StreamName.SUB)] == 4
    assert StreamKey(1, StreamName.PICTURE) not in found.mirrors
    assert found.quota(1) == Quota(100 * 10**9, 14)
    assert found.ranks == {1: 2}
    assert found.pool(3).least_days == 7
    assert found.pool(1).expiry_days == 90
    # A copy may be kept for longer than the first, and a quota in days cuts both.
    assert found.shown_days(StreamKey(1)) == 14
    assert found.shown_days(StreamKey(2)) == 90


def test_a_second_copy_in_the_pool_of_the_first_is_refused(settings, author):
    with pytest.raises(BadSetting):
        settings.change(ChannelStorage, {"mirror_pool": 1}, author, item="1")


@pytest.mark.covers("D-STO-01")
def test_full_policy_and_expiry_reach_media(make, settings, author):
    assert (make().storage.full_policy, make().storage.expiry_days) == (FullPolicy.OVERWRITE, None)
    settings.change(StorageBasic, {"full_policy": "stop", "expiry_days": 30}, author)
    assert (make().storage.full_policy, make().storage.expiry_days) == (FullPolicy.STOP, 30)


@pytest.mark.covers("V-REC-12")
def test_a_pool_that_is_to_be_encrypted_gets_a_key_once_and_media_is_told(make, settings, instance, author):
    assert not KeyRing(instance).all()
    settings.change(Pool, {"encrypted": True}, author, item="2")
    plan = make()
    key = KeyRing(instance).writing(2)
    assert key is not None
    assert KeyRing(instance).writing(1) is None
    assert [one.number for one in plan.storage.pools if one.encrypted] == [2]
    assert (policy(plan).pool(2).encrypted, policy(plan).pool(1).encrypted) == (True, False)
    make()
    settings.change(Pool, {"encrypted": False}, author, item="2")
    make()
    assert KeyRing(instance).writing(2) == key, "what was recorded stays readable"


def test_what_began_before_our_clock_was_set_began_at_another_time(make):
    first = make()
    by = 3600 * SECOND_US
    after = moved(first, by, NOW + 10 * SECOND_US + by)
    assert spans(after)[0][0] == NOW + by
    assert spans(make(NOW + 10 * SECOND_US + by, after))[0][0] == NOW + by
