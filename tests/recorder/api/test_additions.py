"""What an owner adds to the recorder: bays, and with them arrays of more than two disks; switches; alarm boxes."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO

import pytest

from hal.client import HalClient
from recorder.cli import main
from recorder.cli.commands import hardware
from recorder.client.api import ApiClient
from recorder.client.unix_http import ApiError
from tests.hal import in_threads
from tests.hal.fakes.modbus import UNIT
from tests.recorder.api.served import Served, wait_for

BOARD = """
id = "box"
title = "A box with bays that nobody named"

[[device]]
kind = "bay"
name = "1"
driver = "simulated"

[[device]]
kind = "disk"
name = "1"
driver = "simulated"

[[device]]
kind = "indicator"
name = "BAY5"
driver = "simulated"
group = "bay 5"
shows = [{ meaning = "rebuild", light = "blink", colour = "amber" }]

[[device]]
kind = "indicator"
name = "HDD"
driver = "simulated"
shows = [{ meaning = "rebuild", light = "blink", colour = "amber" }]

[[device]]
kind = "array"
name = "ARRAYS"
driver = "simulated"

[[device]]
kind = "poe_supply"
name = "PSE"
driver = "simulated"
budget = { watts = 60.0 }
"""


class House:
    """A recorder, its hardware service and its root helper."""

    def __init__(self, served, folder):
        self.served, self.owner, self.folder = served, served.owner, folder
        (folder / "boards" / "box").mkdir(parents=True)
        (folder / "boards" / "box" / "board.toml").write_text(BOARD)
        self.socket = served.instance.socket("hal")
        self.world = served.instance.data.absolute()

    @contextmanager
    def hal(self):
        about = ["--boards", self.folder / "boards", "--keep", self.folder / "keep", "--world", self.world]
        root = self.served.instance.socket("hal-admin")
        with (
            in_threads.hal(self.socket, *about, board="box"),
            in_threads.hal_admin(root, self.folder / "audit.jsonl", self.world),
            HalClient(self.socket, timeout_s=60) as self.hand,
        ):
            wait_for(self.listens)
            yield self

    def listens(self):
        try:
            return self.owner.disk_places()
        except ApiError:
            return False

    def bays(self):
        return {one.name: one for one in self.owner.bays()}

    def array(self):
        return next(iter(self.owner.arrays()), None)

    def ended(self, bay):
        return wait_for(lambda: (job := self.bays()[bay].job) and job.state.over and job)

    def command(self, capsys, *words):
        main([*words, "--data", str(self.served.instance.data)])
        return capsys.readouterr().out

    def lit(self):
        return {one.name for one in self.hand.devices() if one.kind == "indicator" and one.told}

    def noted(self):
        return {one.field: one.new for one in self.served.control.settings.changes()}

    def roles(self):
        return {one.bay: one.role for one in self.array().members}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a")
    with Served(folder / "data") as served:
        yield House(served, folder)


@pytest.mark.covers("D-HW-14", "D-STO-03", "D-STO-04", "D-STO-02.2", "V-HW-11")
def test_places_become_bays_and_an_array_of_them_has_its_disks_replaced_and_taken_out(house, capsys):
    with house.hal():
        owner, hand = house.owner, house.hand
        assert [one.bay for one in owner.disk_places()[:3]] == ["1", "", ""]
        for name in "2345":
            told = owner.add_bay(name, f"simulated-sata-{name}")
        assert [(one.bay, one.added) for one in told[:3]] == [("1", False), ("2", True), ("3", True)]
        for wrong, words in (("1", "already"), ("6", "is bay 2"), ("../x", "name")):
            with pytest.raises(ApiError, match=words):
                owner.add_bay(wrong, "simulated-sata-2" if wrong == "6" else "simulated-sata-7")
        with pytest.raises(ApiError, match="Bay 1 belongs to the recorder itself"):
            owner.remove_bay("1")
        with pytest.raises(ApiError, match="no bay 9"):
            owner.remove_bay("9")
        for name in "12345":
            hand.simulate("bay", name, "insert")
        serials = wait_for(
            lambda: (
                (all(one.serial for one in house.bays().values()) and len(house.bays()) == 5)
                and {name: one.serial for name, one in house.bays().items()}
            )
        )

        free = owner.storage().free
        assert {one.bay: one.serial for one in free} == serials
        assert "takes at least 4 disks" in owner.plan_array("raid6", ["1", "2", "3"]).refusal
        planned = owner.plan_array("raid5", ["1", "2", "3"], ["4"])
        assert planned.words.startswith("It holds 8.0 TB. One disk may fail.")
        assert "at once" in owner.plan_array("raid1", ["1", "2"], ["2"]).refusal
        with pytest.raises(ApiError, match="no bay 9"):
            owner.plan_array("raid1", ["1", "9"])

        of = lambda names: {name: serials[name] for name in names}  # noqa: E731
        owner.create_array("video", "raid5", of("123"), of("4"))
        house.ended("1")
        wait_for(lambda: house.array() and house.roles()["4"] == "spare")
        assert house.array().capacity_bytes == planned.capacity_bytes
        row = next(one for one in owner.storage().rows if one.kind == "array")
        assert (row.free, row.active, row.idle) == (("5",), ("1", "2", "3"), ("4",))
        assert {"add", "replace", "remove"} <= set(row.deeds)
        assert "forget" not in row.deeds

        with pytest.raises(ApiError, match="none of video that this can be done with"):
            owner.remove_from_array("video", "1", serials["1"])
        with pytest.raises(ApiError, match="WRONG is not the serial number"):
            owner.remove_from_array("video", "4", "WRONG")
        with pytest.raises(ApiError, match="none of video that this can be done with"):
            owner.replace_in_array("video", "4", "5", serials["5"])
        with pytest.raises(ApiError, match="not the serial number"):
            owner.replace_in_array("video", "1", "5", serials["1"])
        with pytest.raises(ApiError, match="Say which disk is replaced"):
            owner.replace_in_array("video", "", "5", serials["5"])
        assert "is copied to it" in house.command(capsys, "array", "replace", "video", "1", f"5={serials['5']}")
        wait_for(lambda: house.roles().get("5") == "rebuilding")
        assert (house.roles()["1"], house.array().health) == ("active", "rebuilding")
        wait_for(lambda: house.lit() == {"BAY5", "HDD"})

        told = house.command(capsys, "array", "remove", "video", f"4={serials['4']}")
        assert "belongs to no array now" in told
        wait_for(lambda: "4" not in house.roles())
        wait_for(lambda: house.bays()["4"].array == "")

        hand.simulate("bay", "2", "pull")
        wait_for(lambda: "forget" in next(one for one in owner.storage().rows if one.kind == "array").deeds)
        house.command(capsys, "array", "forget", "video")
        wait_for(lambda: all(not one.gone for one in house.array().members))
        with pytest.raises(ApiError, match="All disks of video are there"):
            owner.forget_gone("video")
        noted = house.noted()
        assert serials["4"] in noted["array disk taken out"]
        assert serials["5"] in noted["array disk added"]
        assert "video" in noted["array disks forgotten"]
        assert "2: simulated-sata-2" in noted["bay added"]
    with house.hal():
        wait_for(lambda: set(house.bays()) == set("12345"))
        told = house.owner.remove_bay("4")
        assert next(one for one in told if one.path == "simulated-sata-4").bay == ""
        wait_for(lambda: "4" not in house.bays())
        assert "simulated-sata-4" in house.command(capsys, "bay", "places")
        assert "fourth           simulated-sata-4" in house.command(capsys, "bay", "add", "fourth", "simulated-sata-4")
        assert "fourth" not in house.command(capsys, "bay", "remove", "fourth")


@pytest.mark.covers("V-INT-07")
def test_a_switch_must_answer_and_is_not_what_the_board_has(house):
    with house.hal():
        login = {"user": "owner", "auth_key": "a long pass", "privacy_key": "another pass"}
        with pytest.raises(ApiError, match=r"127\.0\.0\.1: No SNMP response") as refused:
            house.owner.add_switch("SHOP", "127.0.0.1", udp_port=9, **login)
        assert refused.value.http_status == 409
        assert [one.name for one in house.owner.poe()] == ["PSE"]
        assert b"a long pass" not in b"".join(one.read_bytes() for one in (house.folder / "keep").iterdir())
        assert "switch_added" not in house.noted()
        for wrong in ({"name": "a-b"}, {"host": "http://x"}, {"host": "a;b"}, {"ports": [0]}, {"auth_key": "short"}):
            with pytest.raises(ApiError) as refused:
                house.owner.add_switch(**{"name": "SHOP", "host": "127.0.0.1", **login, **wrong})
            assert refused.value.http_status == 422
        with pytest.raises(ApiError, match="Switch PSE belongs to the recorder itself"):
            house.owner.remove_switch("PSE")
        with pytest.raises(ApiError, match="no switch SHOP"):
            house.owner.remove_switch("SHOP")


def test_who_may_not_keep_the_recorder_adds_nothing(house):
    screen = house.served.screen
    asks = (
        screen.disk_places,
        lambda: screen.add_bay("7", "simulated-sata-7"),
        lambda: screen.remove_bay("2"),
        lambda: screen.add_switch("SHOP", "127.0.0.1", community="public"),
        lambda: screen.remove_switch("PSE"),
        lambda: screen.add_box("GATE", "127.0.0.1"),
        lambda: screen.remove_box("GATE"),
        lambda: screen.remove_from_array("video", "4", "x"),
        lambda: screen.forget_gone("video"),
        lambda: screen.plan_array("raid1", ["1", "2"]),
    )
    for ask in asks:
        with pytest.raises(ApiError) as refused:
            ask()
        assert refused.value.http_status == 403


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-ALM-04", "D-ALM-08")
def test_an_alarm_box_in_the_network_is_added_named_and_removed(house, capsys, modbus):
    with house.hal():
        about = ("--inputs", "2", "--outputs", "1", "--port", str(modbus.port), "--unit", str(UNIT))
        told = house.command(capsys, "hardware", "add-box", "GATE", "127.0.0.1", *about)
        assert told == "GATE answers: GATE_1, GATE_2, GATE_1.\n"
        assert [(one.name, one.box) for one in house.owner.inputs()] == [("GATE_1", "GATE"), ("GATE_2", "GATE")]
        house.owner.set_page("alarm-input", {"name": "Front door"}, item="GATE_2")
        modbus.move(1, closed=True)
        wait_for(lambda: [one.title for one in house.owner.inputs() if one.active] == ["Front door"])
        assert house.owner.switch_output("GATE_1", closed=True).closed
        assert modbus.coil(0)
        for wrong, words in (({"host": "a;b"}, "host"), ({"name": "a-b"}, "name"), ({"unit": 0}, "unit")):
            with pytest.raises(ApiError, match=words) as refused:
                house.owner.add_box(**{"name": "YARD", "host": "127.0.0.1", **wrong})
            assert refused.value.http_status == 422
        with pytest.raises(ApiError, match="cannot be reached") as refused:
            house.owner.add_box("YARD", "127.0.0.1", port=9)
        assert refused.value.http_status == 409
        with pytest.raises(ApiError, match="no box YARD"):
            house.owner.remove_box("YARD")
        assert house.command(capsys, "hardware", "remove-box", "GATE") == ""
        assert (house.owner.inputs(), house.owner.outputs()) == ([], [])
        assert not modbus.coil(0), "nothing stays on that nobody can switch off"
        noted = house.noted()
        assert (noted["box_added"], noted["box_removed"]) == ('"GATE: 127.0.0.1"', '"GATE"')


@pytest.mark.covers("D-ALM-04")
def test_an_alarm_box_at_a_serial_line_is_asked_for_by_its_line_and_refused_in_words(house, capsys):
    with house.hal():
        for about in ({"line": "ttyUSB77"}, {"line": "ttyUSB77", "baud": 19200, "parity": "E", "stop_bits": 2}):
            with pytest.raises(ApiError, match="ttyUSB77 is not there") as refused:
                house.owner.add_box("YARD", **about)
            assert refused.value.http_status == 409
        with pytest.raises(SystemExit, match="ttyUSB77 is not there"):
            house.command(capsys, "hardware", "add-box", "YARD", "--line", "ttyUSB77", "--baud", "19200")
        wrong = (
            {},
            {"host": "10.0.0.5", "line": "ttyUSB77"},
            {"line": "../ttyUSB77"},
            {"line": "sda"},
            {"line": "ttyUSB77", "baud": 1},
            {"line": "ttyUSB77", "parity": "X"},
            {"line": "ttyUSB77", "stop_bits": 3},
        )
        for about in wrong:
            with pytest.raises(ApiError) as refused:
                house.owner.add_box("YARD", **about)
            assert refused.value.http_status == 422
        assert house.owner.inputs() == []


def test_a_switch_is_added_by_a_command_that_is_given_its_password_and_no_argument_has_it(house, capsys, monkeypatch):
    asked = []

    class Owner(ApiClient):
        def add_switch(self, name, host, **about):
            asked.append((name, host, about))
            if host == "10.0.0.9":
                return super().add_switch(name, "127.0.0.1", **{**about, "udp_port": 9})
            return [replace(one, name=name) for one in self.poe()]

    monkeypatch.setattr(hardware, "owner", lambda _asked: Owner(house.served.instance.socket("control"), 60))
    with house.hal():
        monkeypatch.setattr(sys, "stdin", StringIO("a long pass\nanother pass\n"))
        told = house.command(
            capsys, "hardware", "add-switch", "SHOP", "10.0.0.2", "--user", "owner", "--ports", "1-3,5", "--watts", "60"
        )
        assert told.startswith("SHOP: ")
        login = {"user": "owner", "auth_key": "a long pass", "privacy_key": "another pass"}
        about = {"ports": [1, 2, 3, 5], "udp_port": 161, "watts": 60.0, **login}
        assert asked.pop() == ("SHOP", "10.0.0.2", about)
        monkeypatch.setattr(sys, "stdin", StringIO("public\n"))
        with pytest.raises(SystemExit, match="No SNMP response"):
            house.command(capsys, "hardware", "add-switch", "SHOP", "10.0.0.9")
        assert asked.pop()[2]["community"] == "public"
        monkeypatch.undo()
        for name, words in (("SHOP", "no switch SHOP"), ("PSE", "belongs to the recorder itself")):
            with pytest.raises(SystemExit, match=words):
                house.command(capsys, "hardware", "remove-switch", name)
