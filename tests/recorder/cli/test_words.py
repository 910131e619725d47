"""What the commands say and do beside a control that runs; other processes are scripted."""

import os
import subprocess

import pytest

from recorder.cli import main
from tests.recorder.api.served import Served

STILL = {"op": "still", "id": 1, "at_us": 5, "jpeg": "/9j/"}


@pytest.fixture
def served(tmp_path):
    with Served(tmp_path / "data") as found:
        yield found


@pytest.fixture
def told(served, capsys):
    """Call a command that fails, and give its sentence."""

    def call(*words):
        with pytest.raises(SystemExit) as ended:
            main([*map(str, words), "--data", str(served.instance.data)])
        capsys.readouterr()
        return str(ended.value.code)

    return call


@pytest.mark.parametrize("page", ["nothing", "gene ral", "../channels", "zürich", ""])
@pytest.mark.parametrize("words", [("get",), ("set",)])
def test_a_page_that_is_not_there_is_told_by_its_name(told, page, words):
    rest = ["name=1"] if words == ("set",) else []
    assert told("settings", *words, page, *rest).startswith(f"nightjar: There is no settings page {page}.")


def test_whether_a_page_is_of_a_channel_is_told(told):
    assert "--channel" in told("settings", "get", "record-mode")
    assert "--channel" in told("settings", "get", "general", "--channel", 1)


@pytest.mark.parametrize(
    "words",
    [
        ("snapshot", "x.jpg", "--channel", 9),
        ("spans", "--channel", 9),
        ("settings", "get", "record-mode", "--channel", 9),
    ],
)
def test_a_channel_that_is_not_there_is_told(served, told, words):
    served.beside("reader", lambda message: [{"op": message["op"], "id": message["id"], "spans": []}])
    assert told(*words) == "nightjar: There is no channel 9."


def test_settings_are_changed_by_an_object_too(served, capsys):
    main(["settings", "set", "general", '{"recorder_name": "Harbour"}', "--data", str(served.instance.data)])
    assert '"recorder_name": "Harbour"' in capsys.readouterr().out


def test_a_word_of_digits_is_still_a_word(served, capsys):
    data = str(served.instance.data)
    main(["settings", "set", "date-time", "hour_format=12", "--data", data])
    assert '"hour_format": "12"' in capsys.readouterr().out
    main(["settings", "set", "general", "idle_logout_min=30", "recorder_name=7", "--data", data])
    printed = capsys.readouterr().out
    assert '"idle_logout_min": 30' in printed
    assert '"recorder_name": "7"' in printed


@pytest.mark.covers("D-RULE-12")
def test_keeping_less_is_told_and_agreed_to_first(served, told, capsys):
    words = told("settings", "set", "storage-basic", "expiry_days=30")
    assert "Footage older than that is deleted" in words
    assert words.endswith("Nothing was changed. Say --yes to agree.")
    assert served.owner.page("storage-basic").values["expiry_days"] == 0
    main(["settings", "set", "storage-basic", "expiry_days=30", "--yes", "--data", str(served.instance.data)])
    assert '"expiry_days": 30' in capsys.readouterr().out


@pytest.mark.covers("D-SEC-01")
def test_what_is_weak_is_printed_as_the_page_tells_it(served, capsys):
    served.set_up()
    main(["security", "--data", str(served.instance.data)])
    told = capsys.readouterr().out.splitlines()
    found = served.owner.security()
    assert told[0] == found.words
    assert [line[4:] for line in told[1:]] == [f"{one.label}: {one.words}" for one in found.cards]
    assert [line[2] == "!" for line in told[1:]] == [one.tone.trouble for one in found.cards]


def test_an_export_to_a_folder_that_is_not_there_never_begins(served, told, tmp_path):
    words = told("export", "--channel", 1, "--from", 1, "--to", 2, tmp_path / "none" / "x.mp4")
    assert "was not written: No such file or directory" in words
    assert served.owner.exports() == []


@pytest.mark.parametrize("there", ["x.mp4", "x.mp4.json", "x.mp4.sig"])
def test_an_export_never_takes_the_place_of_a_file(served, told, tmp_path, there):
    (tmp_path / there).write_bytes(b"evidence")
    words = told("export", "--channel", 1, "--from", 1, "--to", 2, tmp_path / "x.mp4")
    assert words == f"nightjar: {tmp_path / there} exists already. Choose another name."
    assert (tmp_path / there).read_bytes() == b"evidence"
    assert served.owner.exports() == []


def test_what_the_screen_refuses_is_told_in_its_words(served, told, tmp_path):
    answer = {"op": "error", "code": "Refused", "words": "The screen is dark."}
    served.beside("gui", lambda _message: [answer])
    assert told("screenshot", tmp_path / "x.png") == "nightjar: The screen is dark."


def test_a_screen_that_is_slow_is_not_called_dead(served, told, tmp_path, monkeypatch):
    monkeypatch.setattr("recorder.cli.commands.screenshot.PATIENCE_S", 0.1)
    served.beside("gui", lambda _message: [])
    assert "The gui service did not answer in time." in told("screenshot", tmp_path / "x.png")


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31T23:59:59-23:00", "never"])
def test_times_that_no_clock_shows_are_wrong_calls(served, capsys, moment):
    with pytest.raises(SystemExit) as ended:
        main(["spans", "--channel", "1", "--from", moment, "--data", str(served.instance.data)])
    assert ended.value.code == 2
    assert "neither ISO 8601 nor" in capsys.readouterr().err


@pytest.mark.parametrize("cameras", ["-1", "65", "many"])
def test_a_number_of_cameras_that_no_simulator_serves_is_a_wrong_call(tmp_path, capsys, cameras):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--headless", f"--cameras={cameras}", "--data", str(tmp_path / "data")])
    assert ended.value.code == 2
    assert "0 to 64" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["nan", "inf", "-5", "0", "much"])
def test_a_disk_of_no_size_is_a_wrong_call(tmp_path, capsys, size):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--headless", f"--disk-gb={size}", "--data", str(tmp_path / "data")])
    assert ended.value.code == 2
    assert "at least 1" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("export", "--channel", 1, "--from", 1, "--to", 2), ("snapshot", "--channel", 1)])
@pytest.mark.parametrize("file", ["/", "", "..", "-"])
def test_what_names_no_file_is_told_in_words(served, told, words, file):
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    served.beside("decode", lambda _message: [STILL])
    said = told(*words, file)
    assert "was not written" in said or "exists already" in said


def test_words_that_are_no_text_are_refused_and_change_nothing(served, told):
    address = ("--url", "rtsp://10.0.0.7/main")
    assert told("channel", "add", "--name", "a\udcff", *address) == "nightjar: One of the words is no text in UTF-8."
    assert served.owner.channels() == []


def test_the_instance_may_be_named_before_the_verb(served, capsys):
    main(["--data", str(served.instance.data), "settings", "get", "general"])
    assert "recorder_name" in capsys.readouterr().out


def test_from_a_time_to_come_on_nothing_is_recorded_and_nothing_is_wrong(served, capsys):
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    reader = served.beside("reader", lambda message: [{"op": message["op"], "id": message["id"], "spans": []}])
    main(["spans", "--json", "--channel", "1", "--from", "2199-01-01", "--data", str(served.instance.data)])
    assert capsys.readouterr().out.strip() == "[]"
    asked = reader.of("spans")[-1]
    assert asked["start_us"] < asked["end_us"]


@pytest.mark.parametrize(
    ("later", "words"), [(True, "the next picture after it"), (False, "the last picture before it")]
)
def test_a_picture_of_another_moment_is_told_as_what_it_is(served, capsys, tmp_path, later, words):
    at_us = 1_700_000_000_000_000

    def spans(message):
        far = later and message["end_us"] > at_us + 60_000_000
        span = {"start_us": at_us + 60_000_000, "end_us": at_us + 70_000_000, "type": "general", "bytes": 1}
        found = [span] if far else []
        return [{"op": "spans", "id": message["id"], "spans": found}]

    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    served.beside("reader", spans)
    served.beside("decode", lambda _message: [STILL])
    place = ["--data", str(served.instance.data), str(tmp_path / "x.jpg")]
    main(["snapshot", "--channel", "1", "--at", str(at_us), *place])
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("page", ["general", "record-mode"])
def test_a_page_without_items_says_so(told, page):
    assert f"The page {page} has no items" in told("settings", "items", page)


def test_an_item_that_is_not_there_is_told(told):
    assert told("settings", "get", "user", "--item", "nobody") == "nightjar: There is no item nobody on the page Users."


def test_a_field_without_a_name_is_a_wrong_word(told):
    assert told("settings", "set", "general", "=5") == "nightjar: '=5' is not FIELD=VALUE."


@pytest.mark.parametrize("words", [["--port", "99999"], ["--main-kbps", "0"], ["--cameras", "0"]])
def test_what_no_simulated_camera_can_be_is_a_wrong_call(capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *words])
    assert ended.value.code == 2
    assert " 1 to " in capsys.readouterr().err or words[0] == "--port"


def test_a_recorder_that_was_killed_is_not_said_to_come_back_by_itself(served, told):
    gone = subprocess.Popen(["true"])
    gone.wait()
    (served.instance.run / "lock").write_text(str(gone.pid))
    assert told("channel", "list").startswith(f"nightjar: No recorder runs in {served.instance.data}.")
    (served.instance.run / "lock").write_text(str(os.getpid()))
    assert "There is no channel 9." in told("channel", "remove", 9)
