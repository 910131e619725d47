"""What an owner adds to a board is checked, kept, found again, and can be taken back; nothing else can."""

import logging
import os
import socket

import msgspec
import pytest

from hal.access import Access, Peer
from hal.additions import MOST, SUPPLY, Additions, NewSwitch
from hal.board import Board
from hal.box import Box
from hal.buses.snmp import Login
from hal.daemon import _VERBS
from hal.errors import HalError, Offline, Refused
from hal.machine import Machine
from hal.simulated.rack import Rack, SimulatedDrive
from tests.hal.blocks import Blocks
from tests.hal.fakes.modbus import UNIT
from tests.hal.fakes.until import until
from tests.hal.rooted import NoEvents

PLAIN = 'id = "plain"\ntitle = "A plain machine"\n'
BAYS = PLAIN + '[[device]]\nkind = "bay"\nname = "front"\ndriver = "simulated"\nport = "1"\n'


class Rig:
    """A machine with a board file, and what an owner adds."""

    def __init__(self, root, text=PLAIN):
        self.root = root
        self.blocks = Blocks(root)
        self.rack = Rack()
        self.machine = Machine(
            sys=root / "sys", proc=root / "proc", dev=root / "dev", keep=root / "keep", block_events=NoEvents,
            world={"rack": self.rack},
        )  # fmt: skip
        (root / "board.toml").write_text(text)
        self.start()

    def start(self):
        self.board = Board.read(self.root, self.machine)
        self.additions = Additions(self.board, self.machine)
        self.additions.recall()

    def ports(self, *numbers):
        """Give the machine SATA ports."""
        (self.root / "sys/class/ata_port").mkdir(parents=True, exist_ok=True)
        for number in numbers:
            ata = self.root / f"sys/devices/pci0000:00/0000:00:1f.2/ata{number}/ata_port/ata{number}"
            ata.mkdir(parents=True, exist_ok=True)
            (ata / "port_no").write_text(f"{number}\n")
            (self.root / f"sys/class/ata_port/ata{number}").symlink_to(ata)


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.board.__exit__()


def path(number):
    return f"pci-0000:00:1f.2-ata-{number}"


@pytest.mark.covers("D-HW-14")
def test_the_ports_of_a_machine_are_listed_with_what_sits_there_and_sticks_are_none(rig):
    rig.ports(1, 2, 10)
    rig.blocks.disk("sda", serial="S0", port="ata2")
    rig.blocks.stick("sdb")
    told = rig.additions.connectors()
    assert [(one.path, one.disk, one.serial, one.bay) for one in told] == [
        (path(1), "", "", ""),
        (path(2), "sda", "S0", ""),
        (path(10), "", "", ""),
    ]
    assert told[1].model.startswith("WDC")
    assert not told[1].system


@pytest.mark.covers("D-HW-14")
def test_a_port_that_is_said_to_be_a_bay_is_one_with_its_disk_and_is_so_after_a_restart(rig):
    rig.ports(1, 2)
    rig.blocks.disk("sda", serial="S0", port="ata2")
    begun = []
    rig.board.each(lambda device: begun.append((device.kind, device.name)))
    with rig.board:
        rig.additions.add_bay("2", path(2))
        bay = rig.board.device("bay", "2")
        until(lambda: bay.state.online)
        assert (bay.state.occupied, bay.state.serial) == (True, "S0")
        assert begun == [("bay", "2"), ("disk", "2")]
        assert [one.bay for one in rig.additions.connectors()] == ["", "2"]
        assert {one.added for one in map(rig.board.inventory, rig.board)} == {True}
    rig.start()
    assert [(one.kind, one.name) for one in rig.board] == [("bay", "2"), ("disk", "2")]


@pytest.mark.parametrize(
    ("name", "place", "told"),
    [("1", path(9), "no place"), ("1", "../../etc", "no place"), ("2", path(1), "already"), ("3", path(2), "bay 2")],
)
def test_what_is_no_place_or_is_taken_is_refused_and_changes_nothing(rig, name, place, told):
    rig.ports(1, 2)
    rig.additions.add_bay("2", path(2))
    before = (rig.root / "keep/additions-plain.json").read_text()
    with pytest.raises(HalError, match=told):
        rig.additions.add_bay(name, place)
    assert (rig.root / "keep/additions-plain.json").read_text() == before


def test_a_bay_is_taken_back_and_what_the_board_has_itself_is_not(tmp_path):
    rig = Rig(tmp_path, BAYS)
    with rig.rack.edit() as now:
        now.drives["S3"] = SimulatedDrive("S3", bay="3")
    told = {one.path: (one.bay, one.serial) for one in rig.additions.connectors()}
    assert told["simulated-sata-1"] == ("front", "")
    assert told["simulated-sata-3"] == ("", "S3")
    with rig.board:
        rig.additions.add_bay("upper", "simulated-sata-3")
        until(lambda: rig.board.device("bay", "upper").state.disk == "sim3")
        worker = rig.board.workers[-1]
        rig.additions.remove("bay", "upper")
        assert not rig.board.has("disk", "upper")
        assert worker not in rig.board.workers
        for kind, name in (("bay", "front"), ("bay", "upper"), ("disk", "upper")):
            with pytest.raises(Refused, match="was not added by an owner"):
                rig.additions.remove(kind, name)
    rig.start()
    assert [one.name for one in rig.board] == ["front"]


def test_what_does_not_fit_the_board_any_more_is_told_and_kept(rig, caplog):
    rig.ports(1)
    rig.additions.add_bay("1", path(1))
    (rig.root / "board.toml").write_text(
        PLAIN + f'[[device]]\nkind="bay"\nname="1"\ndriver="connector"\npath="{path(1)}"\n'
    )
    with caplog.at_level(logging.WARNING):
        rig.start()
    assert "There is a bay 1 already" in caplog.text
    assert [one.kind for one in rig.board] == ["bay"]
    (rig.root / "board.toml").write_text(PLAIN)
    rig.start()
    assert [one.kind for one in rig.board] == ["bay", "disk"]


def test_a_damaged_file_of_additions_does_not_keep_the_board_from_starting(rig, caplog):
    (rig.root / "keep").mkdir()
    (rig.root / "keep/additions-plain.json").write_text('{"device": [{"kind": "bay", "driver": "../x", "name": "1"}]}')
    rig.start()
    assert list(rig.board) == []
    (rig.root / "keep/additions-plain.json").write_text("{")
    rig.start()
    assert list(rig.board) == []


def test_there_is_an_end_to_what_is_added(rig):
    rig.ports(*range(1, MOST + 2))
    for number in range(1, MOST + 1):
        rig.additions.add_bay(str(number), path(number))
    with pytest.raises(Refused, match="remove one first"):
        rig.additions.add_bay("more", path(MOST + 1))


@pytest.mark.covers("V-INT-07")
def test_a_switch_that_does_not_answer_is_told_and_nothing_of_it_is_kept(rig):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        new = NewSwitch("SHOP", "127.0.0.1", Login(community="a secret word"), silent.getsockname()[1])
        with pytest.raises(Offline, match=r"127\.0\.0\.1: No SNMP response"):
            rig.additions.add_switch(new)
    assert not rig.board.has(SUPPLY, "SHOP")
    assert list(rig.root.glob("keep/*")) == []


@pytest.mark.parametrize("change", list(_VERBS.values()), ids=lambda one: one.name)
def test_only_who_may_do_everything_changes_the_board_and_it_stands_in_the_audit(change, caplog):
    caplog.set_level(logging.WARNING, "hal.audit")
    with pytest.raises(Refused):
        Access(own_uid=-1).check(Peer(1, 4_000_000), "board", "SHOP", change)
    Access().check(Peer(1, os.getuid()), "board", "SHOP", change)
    assert f"refused: board SHOP {change.name}" in caplog.text
    assert f"asked: board SHOP {change.name}" in caplog.text


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-ALM-03", "D-ALM-04", "D-ALM-08")
def test_a_box_that_answers_has_its_inputs_and_relays_here_over_one_connection_and_after_a_restart(rig, modbus):
    box = Box("GATE", "127.0.0.1", modbus.port, UNIT, inputs=3, outputs=2)
    with rig.board:
        rig.additions.add_box(box)
        second = rig.board.device("alarm_input", "GATE_2")
        until(lambda: all(one.state.online for one in rig.board))
        assert len(rig.board.workers) == 1, "the server takes one connection"
        modbus.move(1, closed=True)
        until(lambda: second.state.active)
        rig.board.ask("relay", "GATE_2", "switch", {"closed": True}).result(30)
        assert modbus.coil(1)
        with pytest.raises(Refused, match="is a box at"):
            rig.additions.add_box(Box("OTHER", "127.0.0.1", modbus.port, UNIT))
        with pytest.raises(Refused, match="choose another name"):
            rig.additions.add_box(box)
    names = [("alarm_input", f"GATE_{n}") for n in (1, 2, 3)] + [("relay", f"GATE_{n}") for n in (1, 2)]
    rig.start()
    assert [(one.kind, one.name) for one in rig.board] == names
    with rig.board:
        until(lambda: all(one.state.online for one in rig.board))
        rig.board.ask("relay", "GATE_2", "switch", {"closed": True}).result(30)
        rig.additions.remove("box", "GATE")
        assert not list(rig.board)
        until(lambda: not modbus.coil(1))
    rig.start()
    assert not list(rig.board)


@pytest.mark.peer("libmodbus")
@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"inputs": 64}, "no such input or relay"),
        ({"inputs": 0, "outputs": 32, "port": 1}, "cannot be reached"),
        ({"inputs": 0}, "say how many"),
    ],
)
def test_a_box_that_does_not_answer_or_has_less_is_refused_and_nothing_is_kept(rig, modbus, about, told):
    with pytest.raises(HalError, match=told):
        rig.additions.add_box(Box(**{"name": "GATE", "host": "127.0.0.1", "port": modbus.port, "unit": UNIT, **about}))
    assert not list(rig.board)
    assert not list((rig.root / "keep").glob("additions-*"))


@pytest.mark.parametrize(
    "wrong", [{"name": "a-b"}, {"name": "A\n"}, {"host": "a b"}, {"host": "a\n"}, {"port": 0}, {"unit": 0}, {"x": 1}]
)
def test_what_is_no_box_is_not_read(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "GATE", "host": "10.0.0.5", **wrong}, Box)
