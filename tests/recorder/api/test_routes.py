"""What the routes do, asked as the screen and the command line ask."""

import io
import json
import threading
from datetime import date

import pytest

from recorder.client.answers import MASK, JobState
from recorder.client.clock import SECOND_US
from recorder.client.errors import Unavailable
from recorder.client.grants import BadGrant, Verifier
from recorder.client.stream import StreamName
from recorder.client.unix_http import ApiError
from recorder.media.plan import Plan, convert
from tests.recorder.api.served import Served

URL = "rtsp://10.0.0.7/main"
DAY = 86_400 * SECOND_US


@pytest.fixture
def owner(served):
    return served.owner


@pytest.fixture
def gate(owner):
    return owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main", sub_url="rtsp://10.0.0.7/sub", password="geheim")


def refused(act):
    with pytest.raises(ApiError) as found:
        act()
    return found.value


# --- channels ---


@pytest.mark.covers("D-CAM-03", "D-CAM-03.4", "V-DEV-03")
def test_a_camera_is_added_by_its_address_and_media_hears_of_it(served, owner):
    media = served.beside(
        "media", lambda message: [{"op": "planned", "revision": 1}] if message["op"] == "plan" else []
    )
    media.wait_for("plan")
    made = owner.add_channel(name="Gate", url="rtsp://ada:geheim@10.0.0.7:8554/main", sub_url="rtsp://10.0.0.7/sub")
    assert (made.number, made.url, made.user, made.password_set) == (1, "rtsp://10.0.0.7:8554/main", "ada", True)
    told = [convert(one["plan"]) for one in media.wait_for("plan", count=2)][-1]
    assert isinstance(told, Plan)
    assert [(one.stream, one.url) for one in told.channel(1).streams] == [
        (StreamName.MAIN, "rtsp://10.0.0.7:8554/main"),
        (StreamName.SUB, "rtsp://10.0.0.7/sub"),
    ]
    assert told.channel(1).record
    assert "geheim" not in json.dumps(media.told)


@pytest.mark.covers("D-CAM-04", "V-DEV-13")
def test_a_camera_is_changed_and_removed(owner, gate):
    assert owner.change_channel(gate.number, name="Door").name == "Door"
    assert owner.channel(1).url == URL
    owner.remove_channel(1)
    assert owner.channels() == []
    assert refused(lambda: owner.channel(1)).http_status == 404


def test_a_wrong_address_is_refused_with_field_and_form(owner):
    error = refused(lambda: owner.add_channel(name="Gate", url="http://10.0.0.7/"))
    assert (error.http_status, error.code, error.field) == (422, "OutOfRange", "url")
    assert error.allowed == "rtsp://address:port/path"


def test_a_channel_without_name_is_called_by_its_number(owner):
    assert owner.add_channel(url=URL, number=7).name == "Camera 7"


# --- pages ---


def test_every_page_says_where_it_is_read_and_has_a_schema(owner, gate):
    owner.set_page("user", {"group": "admin"}, item="guard")
    items = {"pool": "1", "disk": "ab" * 16, "user": "guard", "user-group": "admin", "directory-group": "admin"}
    items |= {"stream-user": "nvr", "voice-file": "gate", "announcement": "1", "network-alarm": "till"}
    for page in owner.pages():
        channel = 1 if page.scope == "channel" else None
        item = items.get(page.name, "1" if page.numbered else "IN1") if page.scope == "list" else ""
        assert owner.page(page.name, channel, item).values.keys() == owner.page_schema(page.name)["properties"].keys()


@pytest.mark.covers("D-STO-01")
def test_a_setting_out_of_range_is_refused_with_field_and_range(owner):
    error = refused(lambda: owner.set_page("storage-basic", {"expiry_days": 5000}))
    assert (error.http_status, error.field, error.allowed) == (422, "expiry_days", "0 to 3650 days")
    assert (
        owner.set_page("storage-basic", {"expiry_days": 30, "full_policy": "stop"}, losing=True).values["expiry_days"]
        == 30
    )


@pytest.mark.covers("D-RULE-12")
def test_what_keeps_less_is_refused_with_what_is_lost_until_that_is_agreed_to(owner):
    for name in ("Gate", "Hall"):
        owner.add_channel(name=name, url="rtsp://u@10.0.0.7/main")
    before = owner.page("channel-storage", channel=1)
    fields = {"quota_gb": 100, "quota_days": 7}
    error = refused(lambda: owner.set_page("channel-storage", fields, channel=1))
    assert (error.http_status, error.code) == (409, "KeepsLess")
    assert [line.split(":")[0] for line in str(error).splitlines()] == ["Takes at most", "Keeps at most"]
    assert owner.page("channel-storage", channel=1) == before
    owner.set_page("channel-storage", fields, channel=1, losing=True)
    owner.set_page("channel-storage", {"quota_gb": 200, "quota_days": 0}, channel=1)
    owner.set_page("channel-storage", {"priority": 7}, channel=1)

    assert refused(lambda: owner.copy_page("channel-storage", 1, [2])).code == "KeepsLess"
    assert owner.page("channel-storage", channel=2).values["quota_gb"] == 0
    assert owner.copy_page("channel-storage", 1, [2], losing=True)[0].values["quota_gb"] == 200
    assert owner.copy_page("channel-storage", 1, [2])[0].values["quota_gb"] == 200


@pytest.mark.covers("P-POOL-01", "P-POOL-03")
def test_pools_are_numbered_from_one_to_twenty_each_with_rules_of_its_own(owner):
    items = owner.page_items("pool")
    assert [one.item for one in items] == [str(number) for number in range(1, 21)]
    assert items[0].title == "1  Standard"
    changed = owner.set_page("pool", {"name": "Gates", "when_full": "days", "most_days": 30}, item="3", losing=True)
    assert changed.values["most_days"] == 30
    assert owner.page("pool", item="3").values["name"] == "Gates"
    assert owner.page("pool", item="4").values["when_full"] == "inherit"
    assert owner.page_items("pool")[2].title == "3  Gates"
    for item in ("0", "21", "one"):
        assert refused(lambda item=item: owner.page("pool", item=item)).http_status == 404
    error = refused(lambda: owner.set_page("pool", {"when_full": "days"}, item="5"))
    assert str(error).startswith("Pools of disks: Overwriting by age needs the number of days")
    error = refused(lambda: owner.set_page("pool", {"least_days": 40}, item="3"))
    assert error.http_status == 422


def test_disks_are_listed_by_id_and_none_that_could_not_be_one(served, owner):
    status = {
        "op": "status", "time_us": 5, "plan_revision": 2,
        "disks": [{"name": "Bay 1", "id": "ab" * 16, "state": "writable", "since_us": 1, "reason": "", "total_bytes": 9,
                   "used_bytes": 1}],
    }  # fmt: skip
    served.beside("media", lambda message: [status] if message["op"] == "watch" else [])
    found = wait_until(lambda: owner.page_items("disk"))
    assert [(one.item, one.title) for one in found] == [("ab" * 16, "Bay 1")]
    owner.set_page("disk", {"pool": 4}, item="cd" * 16)
    assert [one.title for one in owner.page_items("disk")] == ["Bay 1", "cdcdcdcd (away)"]
    assert refused(lambda: owner.page("disk", item="sda1")).http_status == 404


def test_a_disk_is_adopted_by_typing_its_id_back(served, owner):
    asked = []

    def media(message):
        asked.append(message)
        if message["op"] == "adopt":
            wrong = message["typed"] != "abababab"
            failed = {"op": "failed", "code": "WrongDiskId", "words": "This is not the id."}
            return [failed if wrong else {"op": "adopted"}]
        return []

    served.beside("media", media)
    job = wait_until(lambda: owner.run_action("disk", "adopt", {"typed": "abababab"}, item="ab" * 16))
    assert wait_until(lambda: owner.action_job(job.id).state.over)
    assert owner.action_job(job.id).state is JobState.DONE
    assert {"op": "adopt", "place": "ab" * 16, "typed": "abababab"} in asked
    assert owner.action_job(job.id).result == {}, "without the reader it is adopted all the same"
    served.beside("reader", lambda _message: [{"op": "missing_keys", "id": 1, "keys": 1}])
    job = owner.run_action("disk", "adopt", {"typed": "abababab"}, item="ab" * 16)
    assert wait_until(lambda: owner.action_job(job.id).state.over)
    assert owner.action_job(job.id).result == {"missing_keys": 1}
    job = owner.run_action("disk", "adopt", {"typed": "nonsense"}, item="ab" * 16)
    assert wait_until(lambda: owner.action_job(job.id).state.over)
    assert owner.action_job(job.id).words == "This is not the id."


def test_the_index_is_rebuilt_by_a_button_with_progress(served, owner):
    states = [{"done": 0, "total": 2, "over": False}, {"done": 2, "total": 2, "over": True}]

    def media(message):
        if message["op"] == "rebuild":
            return [{"op": "rebuilding"}]
        if message["op"] == "rebuild_state":
            state = states.pop(0) if len(states) > 1 else states[0]
            return [{"op": "rebuild_state", "words": "2 disks.", "failed": "", **state}]
        return []

    served.beside("media", media)
    job = owner.run_action("storage-basic", "rebuild-index", {})
    assert wait_until(lambda: owner.action_job(job.id).state.over)
    found = owner.action_job(job.id)
    assert (found.state, found.done, found.result) == (JobState.DONE, 2, {"words": "2 disks."})


def test_two_people_do_not_overwrite_each_other(owner):
    seen = owner.page("general")
    owner.set_page("general", {"recorder_name": "Harbour"}, revision=seen.revision)
    error = refused(lambda: owner.set_page("general", {"recorder_name": "Gate"}, revision=seen.revision))
    assert (error.http_status, error.code) == (412, "Conflict")


def test_secrets_are_masked_in_every_answer_and_the_mask_keeps_them(served, owner, gate):
    page = owner.page("channel", 1)
    assert page.values["password"] == MASK
    owner.set_page("channel", {**page.values, "name": "Door"}, channel=1)
    assert served.control.channels.get(1).values.password.reveal() == "geheim"
    assert "geheim" not in json.dumps([owner.page("channel", 1).values, owner.page_schema("channel")])


def test_pages_of_a_channel_that_is_not_there_are_not_there(owner):
    assert refused(lambda: owner.page("record-mode", 5)).http_status == 404
    assert refused(lambda: owner.set_page("record-mode", {"mode": "off"}, channel=5)).http_status == 404


@pytest.mark.covers("D-REC-01.4", "D-REC-06")
def test_a_page_is_copied_to_other_channels_all_or_none(owner, gate):
    for _each in range(2):
        owner.add_channel(url=URL)
    owner.set_page("record-mode", {"mode": "off"}, channel=1)
    assert refused(lambda: owner.copy_page("record-mode", 1, [2, 9])).http_status == 404
    assert owner.channel(2).mode == "auto"
    owner.copy_page("record-mode", 1, [2, 3])
    assert [one.mode for one in owner.channels()] == ["off", "off", "off"]


def test_the_page_of_addresses_is_not_copied(owner, gate):
    assert refused(lambda: owner.copy_page("channel", 1, [1])).http_status == 404


@pytest.mark.covers("D-REC-03")
def test_a_button_changes_the_page(owner, gate):
    job = owner.run_action("record-schedule", "clear-days", {"days": [0, 6]}, channel=1)
    assert job.state is JobState.DONE
    days = owner.page("record-schedule", 1).values["week"]["days"]
    assert [len(day) for day in days] == [0, 1, 1, 1, 1, 1, 0]
    assert owner.action_job(job.id) == job


def test_a_button_with_wrong_parameters_is_refused(owner, gate):
    error = refused(lambda: owner.run_action("record-schedule", "clear-days", {"days": [8]}, channel=1))
    assert (error.http_status, error.field, error.allowed) == (422, "days.0", "0 to 7")


# --- recorded time ---


def reader_with(**answers):
    return lambda message: [{"op": message["op"], "id": message["id"], **answers[message["op"]]}]


@pytest.mark.covers("P-INSP-01", "P-INSP-02")
def test_completeness_is_asked_of_the_reader_in_days_of_the_recorders_zone(served, owner):
    hour = {"start_us": 0, "end_us": 9, "due_us": 9, "recorded_us": 4, "overwritten_us": 0, "missing_us": {"disk": 5}}
    day = {**hour, "channel": 2, "date": "2026-05-03", "hours": [hour]}
    reader = served.beside("reader", reader_with(completeness={"days": [day]}))
    owner.set_page("date-time", {"zone": "Asia/Tokyo"})
    (found,) = owner.completeness([1, 2], date(2026, 5, 3), 2, hours=True)
    assert (found.channel, found.date, found.missing_us, found.state) == (2, "2026-05-03", {"disk": 5}, "incomplete")
    assert found.hours[0].recorded_us == 4
    (asked,) = [one for one in reader.told if one["op"] == "completeness"]
    assert (asked["zone"], asked["channels"], asked["first"], asked["count"]) == ("Asia/Tokyo", [1, 2], "2026-05-03", 2)
    assert refused(lambda: owner.completeness([1], date(2026, 5, 3), 32)).http_status == 422


def test_footage_is_asked_of_the_reader(served, owner):
    reader = served.beside(
        "reader",
        reader_with(
            spans={"spans": [{"start_us": 5, "end_us": 9, "type": "general", "bytes": 7}]},
            gaps={"gaps": [{"start_us": 9, "end_us": 11, "reason": "disk"}]},
            days={"days": {"1": [1, 17], "2": []}},
        ),
    )
    (span,) = owner.spans(1, 0, 10)
    assert (span.start_us, span.end_us, span.type, span.bytes) == (5, 9, "general", 7)
    assert owner.gaps(2, 0, 20, StreamName.SUB)[0].reason == "disk"
    owner.set_page("date-time", {"zone": "Asia/Tokyo"})
    assert owner.days([1, 2], 2026, 5) == {1: [1, 17], 2: []}
    asked = {one["op"]: one for one in reader.told}
    assert (asked["gaps"]["channel"], asked["gaps"]["stream"]) == (2, "sub")
    assert (asked["days"]["zone"], asked["days"]["channels"]) == ("Asia/Tokyo", [1, 2])


@pytest.mark.parametrize(
    ("text", "moment_us"),
    [
        ("1700000000000000", 1_700_000_000_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000),
        ("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500_000),
        ("2023-11-14T23:13:20 01:00", 1_700_000_000_000_000),
    ],
)
def test_times_are_microseconds_or_iso_8601_with_a_zone(served, owner, text, moment_us):
    reader = served.beside("reader", reader_with(spans={"spans": []}))
    owner._call("GET", "/channels/1/spans", query={"start": text, "end": moment_us + 1})
    assert reader.of("spans")[0]["start_us"] == moment_us


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "2023-11-14T22:13:20", "9" * 30, "1e9", "٣", "2023-13-01T00:00:00Z"]
)
def test_other_times_are_refused_in_words(owner, text):
    error = refused(lambda: owner._call("GET", "/channels/1/spans", query={"start": text, "end": 5}))
    assert (error.http_status, error.field) == (422, "start")


def test_an_end_before_its_start_is_refused(owner):
    assert refused(lambda: owner.spans(1, 9, 9)).http_status == 422


@pytest.mark.parametrize(
    "answer",
    [
        [{"op": "spans", "spans": 5}],
        [{"op": "spans"}],
        [b"\xff\xff\xff\xff\0"],
        [None],
        [{"op": "spans", "spans": [{}]}],
    ],
)
def test_a_reader_that_talks_nonsense_is_an_error_in_words(served, owner, answer):
    served.beside("reader", lambda _message: answer)
    error = refused(lambda: owner.spans(1, 1, 2))
    assert error.http_status in {502, 503}
    assert "reader" in str(error)


def test_what_the_reader_refuses_is_told_in_its_words(served, owner):
    served.beside("reader", lambda message: [{"op": "failed", "id": 1, "code": "Nope", "words": "The disk is gone."}])
    error = refused(lambda: owner.spans(1, 1, 2))
    assert (error.code, str(error)) == ("Nope", "The disk is gone.")


def test_without_a_reader_it_says_so_and_everything_else_works(owner, gate):
    with pytest.raises(ApiError, match="reader service is not running"):
        owner.spans(1, 1, 2)
    assert owner.channels()


def test_a_snapshot_is_the_picture_that_decode_gives(served, owner):
    decode = served.beside("decode", lambda one: [{"op": "still", "id": 1, "at_us": 5, "jpeg": "/9j/"}])
    assert owner.snapshot(3, at_us=77, stream=StreamName.SUB, width=640) == b"\xff\xd8\xff"
    asked = decode.told[0]
    assert (asked["channel"], asked["stream"], asked["at_us"], asked["width"]) == (3, "sub", 77, 640)


# --- grants ---


def test_a_grant_covers_what_was_asked_and_no_more(served, owner):
    live = Verifier(served.instance, served.clock).verify(owner.grant([1]).token)
    live.check_live(1, StreamName.MAIN)
    for act in (
        lambda: live.check_live(2, StreamName.MAIN),
        lambda: live.check_live(1, StreamName.MAIN, audio=True),
        lambda: live.check_recorded(1, StreamName.MAIN, 5, 6),
        lambda: live.check_recorded(1, StreamName.MAIN, served.clock.now_us() + 5, None),
        lambda: live.check_recorded(1, StreamName.MAIN, served.clock.now_us() + 5, served.clock.now_us() + 6),
    ):
        with pytest.raises(BadGrant):
            act()
    past = Verifier(served.instance, served.clock).verify(owner.grant([1], live=False, start_us=100, end_us=200).token)
    past.check_recorded(1, StreamName.MAIN, 100, 200)
    with pytest.raises(BadGrant):
        past.check_live(1, StreamName.MAIN)
    with pytest.raises(BadGrant):
        past.check_recorded(1, StreamName.MAIN, 99, 200)


def test_a_grant_ends_with_the_session(served):
    client = served.admin()
    served.clock.advance(3600)
    assert client.grant([1]).expires_us <= client.session().expires_us


# --- exports ---


class Exporter:
    """A reader that exports as it is told to."""

    def __init__(self):
        self.go = threading.Event()
        self.path = None

    def __call__(self, message):
        progress = {"op": "export_progress", "job": "j1", "done_us": 5, "total_us": 10}
        if message["op"] == "export":
            self.path = message["path"]
            yield {"op": "exporting", "id": message["id"], "job": "j1"}
            yield {**progress, "state": "queued"}
            yield {**progress, "job": "somebody else's", "state": "failed"}
            yield {**progress, "state": "running"}
        if message["op"] == "export_cancel":
            yield {**progress, "state": "cancelled"}


def finish(served, reader, **last):
    frame = {"op": "export_progress", "job": "j1", "done_us": 10, "total_us": 10, "bytes": 4, **last}

    async def send():
        from recorder.client import wire

        reader.writers[-1].write(wire.encode(frame))

    served.run(send())


def wait_until(look, seconds=10):
    gone = threading.Event()
    for _each in range(int(seconds / 0.02)):
        found = look()
        if found:
            return found
        gone.wait(0.02)
    raise AssertionError("not seen in time")


def over(client, job):
    return wait_until(lambda: (found := client.export_job(job)).state.over and found)


def test_an_export_is_followed_to_its_end_and_fetched(served, owner, gate, tmp_path):
    exporter = Exporter()
    reader = served.beside("reader", exporter)
    job = owner.export([1], 1_000, 2_000)
    wait_until(lambda: owner.export_job(job.id).state is JobState.RUNNING)
    (served.instance.exports / exporter.path / "gate.mp4").write_bytes(b"mp4!")
    finish(served, reader, state="done", files=[f"{exporter.path}/gate.mp4"])
    assert reader.of("export")[0]["names"] == {"1": owner.channels()[0].name}
    done = over(owner, job.id)
    assert (done.state, done.files, done.bytes) == (JobState.DONE, ("gate.mp4",), 4)
    into = io.BytesIO()
    assert owner.download_export(job.id, into) == 4
    assert into.getvalue() == b"mp4!"
    owner.cancel_export(job.id)
    assert owner.exports() == []
    assert list(served.instance.exports.iterdir()) == []


def test_an_export_is_cancelled(served, owner, gate):
    reader = served.beside("reader", Exporter())
    job = owner.export([1], 1_000, 2_000)
    owner.cancel_export(job.id)
    assert reader.of("export_cancel")[0]["job"] == "j1"
    assert owner.export_job(job.id).state is JobState.CANCELLED


def test_an_export_whose_reader_dies_has_failed_in_words(served, owner, gate):
    reader = served.beside("reader", Exporter())
    job = owner.export([1], 1_000, 2_000)

    async def die():
        reader.writers[-1].close()

    served.run(die())
    done = over(owner, job.id)
    assert done.state is JobState.FAILED
    assert "reader" in done.words


def test_without_a_reader_no_export_begins_and_nothing_is_left(served, owner, gate):
    with pytest.raises(ApiError, match="reader service is not running"):
        owner.export([1], 1_000, 2_000)
    assert owner.exports() == []
    assert list(served.instance.exports.iterdir()) == []


def test_files_of_an_export_are_only_those_that_it_wrote(served, owner, gate):
    exporter = Exporter()
    reader = served.beside("reader", exporter)
    job = owner.export([1], 1_000, 2_000)
    finish(served, reader, state="done", files=["gate.mp4"])
    over(owner, job.id)
    for name in ("../../config/device.key", "..%2F..%2Fconfig%2Fdevice.key", "%2Fetc%2Fpasswd", "other.mp4", "."):
        path = f"/exports/{job.id}/files/{name}"
        assert refused(lambda path=path: owner._call("GET", path)).http_status == 404, name
        assert refused(lambda name=name: owner.download_export(job.id, io.BytesIO(), name)).http_status == 404, name


@pytest.mark.parametrize("name", ["Tür 1_ch1 (2).mp4", "100%25.mp4", "a?b#c&d.mp4", "門_ch1.mp4"])
def test_a_file_is_fetched_whatever_its_name(served, owner, gate, name):
    exporter = Exporter()
    reader = served.beside("reader", exporter)
    job = owner.export([1], 1_000, 2_000)
    place = served.instance.exports / exporter.path / name
    place.write_bytes(b"mp4!")
    finish(served, reader, state="done", files=[str(place)])
    over(owner, job.id)
    into = io.BytesIO()
    assert owner.download_export(job.id, into) == 4


def test_a_file_that_was_taken_away_is_not_there(served, owner, gate):
    reader = served.beside("reader", Exporter())
    job = owner.export([1], 1_000, 2_000)
    finish(served, reader, state="done", files=["gate.mp4"])
    over(owner, job.id)
    assert refused(lambda: owner.download_export(job.id, io.BytesIO())).http_status == 404


@pytest.mark.parametrize("door", ["screen", "web"])
@pytest.mark.parametrize(
    "folder", ["/etc", "/", "{data}/config", "../config", "{data}", "/root/.ssh", "a\nb", "{link}"]
)
def test_exports_go_to_no_folder_that_is_not_for_exports(served, owner, gate, door, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/root")
    served.beside("reader", Exporter())
    link = served.instance.exports / "link"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(served.instance.config)
    named = folder.format(data=served.instance.data, link=link)
    client = served.admin(door)
    error = refused(lambda: client.export([1], 1_000, 2_000, directory=named))
    assert (error.http_status, error.field) == (422, "directory")


def test_at_the_screen_exports_go_home_and_over_the_network_only_to_exports(served, gate, tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "stick").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    exporter = Exporter()
    served.beside("reader", exporter)
    served.admin("screen").export([1], 1_000, 2_000, directory=home / "stick")
    assert exporter.path == str(home / "stick")
    assert refused(lambda: served.admin("web").export([1], 1_000, 2_000, directory=home / "stick")).field == "directory"
    served.admin("web").export([1], 1_000, 2_000, directory="case 4711")
    assert exporter.path == str(served.instance.exports / "case 4711")


# --- simulated cameras ---


def test_without_a_simulator_trying_one_is_refused_in_words(owner):
    error = refused(owner.add_simulated_cameras)
    assert (error.http_status, error.code) == (409, "NoSimulator")


def test_simulated_cameras_become_channels_once(served, owner):
    told = {"port": 8554, "cameras": 2, "user": "viewer", "password": "geheim"}
    (served.instance.run / "simulator.json").write_text(json.dumps(told))
    first, second = owner.add_simulated_cameras()
    assert (first.url, second.sub_url) == ("rtsp://127.0.0.1:8554/cam1/main", "rtsp://127.0.0.1:8554/cam2/sub")
    assert served.control.channels.get(1).values.password.reveal() == "geheim"
    assert owner.add_simulated_cameras() == []


# --- status and restarts ---


@pytest.mark.covers("D-LIVE-14")
def test_the_screen_is_told_whose_main_stream_its_wall_takes(served, owner, gate):
    assert served.screen.status().wall_mains == ()
    owner.set_page("channel", {"wall_stream": "main"}, channel=1)
    wait_until(lambda: served.screen.status().wall_mains == (1,))


def test_minutes_that_count_at_the_screen_are_told_to_whoever_asks(served, owner):
    owner.set_page("general", {"idle_logout_min": 3, "instant_playback_min": 20})
    told = served.screen.status()
    assert (told.idle_logout_min, told.instant_playback_min) == (3, 20)


def test_status_names_processes_streams_and_disks(served, owner, gate):
    processes = {"media": {"pid": 12, "since_us": 5, "restarts": 1}}
    (served.instance.run / "processes.json").write_text(json.dumps(processes))
    status = {
        "op": "status", "time_us": 5, "plan_revision": 2, "names": {"1": "Gate"},
        "streams": [{"channel": 1, "stream": "main", "state": "playing", "recording": True, "codec": "h264"}],
        "disks": [{"name": "disk1", "id": "x", "state": "writable", "since_us": 1, "reason": "", "total_bytes": 9,
                   "used_bytes": 1}],
    }  # fmt: skip
    served.beside("media", lambda message: [status] if message["op"] == "watch" else [])
    found = wait_until(lambda: (seen := owner.status()).media and seen)
    assert found.processes["media"].pid == 12
    assert (found.channels, found.channels_recording, found.media.names) == (1, 1, {1: "Gate"})
    assert found.media.disks[0].name == "disk1"
    assert owner.channel(1).streams[0].codec == "h264"
    assert found.media_silent_since_us is None


def test_everything_is_as_before_after_a_restart_of_control(tmp_path):
    with Served(tmp_path / "data") as served:
        served.owner.add_channel(name="Gate", url=URL, password="geheim")
        client = served.admin("screen")
        token, revision = client.token, served.owner.status().plan_revision
    with Served(tmp_path / "data", clock=served.clock) as served:
        assert [one.name for one in served.client("screen", token).channels()] == ["Gate"]
        assert served.control.channels.get(1).values.password.reveal() == "geheim"
        assert served.owner.status().plan_revision > revision
    with pytest.raises(Unavailable):
        served.owner.status()


def reader_of_motion(message):
    return [{"op": "motion", "id": message["id"], "moved": [[5_000_000, 6_000_000]], "analysed": [[0, 9_000_000]]}]


@pytest.mark.covers("D-PLAY-13")
def test_a_search_for_motion_joins_what_is_recorded_and_what_grows(served, owner):
    from recorder.client.grid import rectangle, to_text
    from recorder.client.motion import MotionRecord, pack

    region = rectangle(3, 4, 2, 2)
    growing = MotionRecord(9_000_000, 5, ((0, 5),), ((1, rectangle(4, 5, 1, 1)), (3, rectangle(0, 0, 1, 1))))
    reader = served.beside("reader", reader_of_motion)
    answer = {"op": "motion_growing", "id": 1, "start_us": growing.start_us, "record": pack(growing)}
    served.beside("media", lambda message: [answer] if message["op"] == "motion_growing" else [])
    found = owner.motion(1, 0, 60_000_000, to_text(region))
    assert reader.of("motion")[0]["region"] == "3,4,2,2"
    assert [(one.start_us, one.end_us) for one in found.moved] == [(5_000_000, 6_000_000), (10_000_000, 11_000_000)]
    assert [(one.start_us, one.end_us) for one in found.analysed] == [(0, 14_000_000)]


def test_a_search_for_motion_beside_the_grid_is_refused(owner):
    assert refused(lambda: owner.motion(1, 0, 9, "0,0,30,1")).http_status == 422
    assert refused(lambda: owner.motion(1, 9, 9)).http_status == 422


@pytest.mark.covers("D-REC-01.4", "V-REC-02")
def test_a_template_reaches_all_cameras_that_are_ticked_or_none(served):
    owner = served.owner
    for name in ("Gate", "Yard"):
        owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    nights = {"days": [[{"start_min": 0, "end_min": 360, "types": ["motion"]}]] * 7, "holiday": []}
    owner.set_page("record-schedule", {"pre_record_s": 9}, channel=2)
    owner.set_page("week-template", {"name": "Nights", "week": nights}, item="1")
    assert [one.title for one in owner.page_items("week-template")] == ["Nights"]
    job = owner.run_action("week-template", "copy-to-cameras", {"cameras": [2, 3]}, item="1")
    assert (job.state.value, job.words) == ("failed", "There is no channel 3.")
    assert owner.page("record-schedule", 2).values["week"] != nights
    job = owner.run_action("week-template", "copy-to-cameras", {"cameras": [1, 2]}, item="1")
    assert job.state.value == "done"
    assert [owner.page("record-schedule", one).values["week"] for one in (1, 2)] == [nights, nights]
    assert owner.page("record-schedule", 2).values["pre_record_s"] == 9
