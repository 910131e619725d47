"""What the commands say and do beside a control that runs; other processes are scripted."""

import pytest

from recorder.cli import main
from tests.recorder.api.served import Served


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
