"""A switch by SNMP, against net-snmp's agent: its protocol is theirs, the table behind it is our physics."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hal.additions import Additions, NewSwitch
from hal.board import Board
from hal.buses.snmp import Login
from hal.drivers.poe_supply.snmp_switch import SnmpSwitch
from hal.errors import BadAnswer, BadRequest, HalError, Offline
from hal.kinds.poe_supply import PoeFault, PoePriority, PortState
from hal.kinds.verbs import checked, verbs_of
from hal.machine import Machine
from hal.poe.port import SETTLE_S
from hal.poe.switches import SwitchGroup, survey
from hal.simulated.pse import VOLTS, Load, Phase, Pse, Trouble
from tests.hal.contracts.poe_supply import BUDGET, PATIENCE_S, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock
from tests.hal.fakes.until import until

pytestmark = [pytest.mark.long, pytest.mark.peer("snmpd")]
POWER_ETHERNET = ".1.3.6.1.2.1.105"
WATTS = ".1.3.6.1.4.1.8072.9999.9999.105"
PORTS = (1, 2, 3, 24)
STATES = {Phase.OFF: 1, Phase.ON: 3}


class Switch:
    """The tables of the switch; answers in the thread of its socket while the test waits for the driver."""

    def __init__(self, place):
        self.pse = None
        self.priorities = {}
        self.refuses_priorities = False
        self.instead = {}
        self.sets = []
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(place))
        self.listening.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection, connection.makefile("rw") as stream:
            for line in stream:
                command, oid, *value = line.split()
                lines = self.answer(command, oid, value)
                stream.write(f"{len(lines)}\n" + "".join(f"{one}\n" for one in lines))
                stream.flush()

    def answer(self, command, oid, value):
        column = oid.removeprefix(POWER_ETHERNET + ".1.1.1.").split(".")
        if command == "set":
            return self.set(oid, column, int(value[1]))
        if command == "getnext":
            return self.after(oid)
        if command != "get":
            return ["NONE"]
        if oid in self.instead:
            return [oid, *self.instead[oid]]
        number = self.get(oid, column)
        return ["NONE"] if number is None else [oid, "integer", str(number)]

    def after(self, oid):
        """The next row of what is listed of a switch: which ports there are, and the watts of their group."""
        rows = [f"{POWER_ETHERNET}.1.1.1.3.1.{port}" for port in PORTS] + [f"{POWER_ETHERNET}.1.3.1.1.2.1"]
        place = lambda one: [int(part) for part in one.strip(".").split(".")]  # noqa: E731
        row = next((one for one in rows if place(one) > place(oid)), None)
        return ["NONE"] if row is None else [row, "integer", "62" if row.endswith(".1.3.1.1.2.1") else "1"]

    def get(self, oid, column):
        self.pse.advance()
        if oid == POWER_ETHERNET + ".1.3.1.1.4.1":
            return round(self.pse.total_watts)
        number = PORTS.index(int(oid.rsplit(".", 1)[1]))
        line = self.pse.lines[number]
        if oid.startswith(WATTS):
            return round(self.pse.amps(number) * VOLTS * 1000)
        match column[0]:
            case "3":
                return 2 if line.phase is Phase.OFF else 1
            case "6":
                fault = line.tripped in {Trouble.OVERLOAD, Trouble.SHORT, Trouble.INRUSH}
                line.tripped = Trouble.NONE
                return 4 if fault else STATES.get(line.phase, 2)
            case "7":
                return self.priorities.get(number, 3)
            case "10":
                return (line.power_class or 0) + 1
        return None

    def set(self, oid, column, value):
        number = PORTS.index(int(oid.rsplit(".", 1)[1]))
        self.sets.append((oid, value))
        if column[0] == "7" and self.refuses_priorities:
            return ["not-writable"]
        if column[0] == "7":
            self.priorities[number] = value
        elif column[0] == "3":
            (self.pse.search if value == 1 else self.pse.cut)(number)
        else:
            return ["not-writable"]
        return ["DONE"]


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    place = tmp_path_factory.mktemp("s")
    switch = Switch(place / "switch")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = f"{sys.executable} {Path(__file__).parent / 'snmp_switch_agent.py'} {place / 'switch'}"
    config = place / "snmpd.conf"
    config.write_text(
        "rwcommunity secret 127.0.0.1\n"
        'createUser owner SHA "a long pass" AES "another pass"\nrwuser owner priv\n'
        f"pass_persist {POWER_ETHERNET} {script}\npass_persist {WATTS} {script}\n"
    )
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(place), "PATH": os.environ["PATH"] + ":/usr/sbin"}
    command = ["snmpd", "-f", "-C", "-c", str(config), "-Ln", "-I", "-smux", f"udp:127.0.0.1:{port}"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            switch.port = port
            switch.pse = Pse(4, Clock())
            wait_for(switch)
            yield switch
        finally:
            process.terminate()
            switch.listening.close()


def wait_for(switch):
    probe = SnmpSwitch("PSE", machine_of(Clock(), None), "127.0.0.1", PORTS, BUDGET, **how_of(switch))
    for attempt in range(60):
        try:
            probe.open()
            probe.close()
        except HalError:
            probe.close()
            if attempt == 59:
                raise
        else:
            return


def how_of(switch, **more):
    return {"udp_port": switch.port, "community": "secret", "milliwatts": WATTS + ".1", **more}


class SnmpRig(PoeRig):
    def __init__(self, keep, switch, **more):
        clock = Clock()
        self.pse = switch.pse = Pse(4, clock, grants_itself=True)
        switch.priorities, switch.sets, switch.instead, switch.refuses_priorities = {}, [], {}, False
        self.switch, self.more = switch, more
        self.machine = machine_of(clock, keep)
        super().__init__(clock, self.made())

    def made(self):
        return SnmpSwitch("PSE", self.machine, "127.0.0.1", PORTS, BUDGET, **how_of(self.switch, **self.more))

    def again(self):
        self.device.close()
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        for column in (3, 6):
            self.switch.instead[f"{POWER_ETHERNET}.1.1.1.{column}.1.1"] = ["string", "gone"]


@pytest.fixture
def rig(agent, tmp_path):
    rig = SnmpRig(tmp_path, agent)
    yield rig
    rig.device.close()


class TestSnmpSwitch(PoeSupplyContract):
    pass


@pytest.mark.covers("V-INT-07")
def test_version_3_with_passwords(agent, tmp_path):
    rig = SnmpRig(tmp_path, agent, user="owner", auth_key="a long pass", privacy_key="another pass")
    rig.start(1, 4)
    rig.device.disable(port=4)
    assert (rig.powered(1), rig.powered(4)) == (True, False)
    assert agent.sets[-1] == (f"{POWER_ETHERNET}.1.1.1.3.1.24", 2)
    rig.device.close()


@pytest.mark.parametrize("more", [{"community": "wrong"}, {"user": "owner", "auth_key": "a wrong pass"}])
def test_a_wrong_password_is_told_and_not_shown(agent, tmp_path, more):
    rig = SnmpRig(tmp_path, agent, **more)
    with pytest.raises(HalError) as refused:
        rig.device.open()
    assert "127.0.0.1" in str(refused.value)
    assert "wrong" not in str(refused.value).lower().replace("wrong snmp pdu digest", "")
    rig.device.close()


@pytest.mark.covers("V-INT-07")
def test_a_password_that_stands_in_the_board_is_sealed_and_told_once_and_works_when_it_is_taken_out(
    agent, tmp_path, caplog
):
    rig = SnmpRig(tmp_path, agent)
    rig.start(1, 4)
    assert "take it out" in caplog.text
    assert "secret" not in caplog.text
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"secret" not in kept
    assert b"sealed" in kept
    rig.device.close()
    rig.more = {"community": ""}
    rig.again()
    caplog.clear()
    rig.device.open()
    assert rig.device.state.online
    assert caplog.text == ""
    rig.device.close()


def test_a_new_password_is_used_at_once_and_later_and_what_stands_in_the_board_only_when_it_changes(agent, tmp_path):
    rig = SnmpRig(tmp_path, agent, community="wrong")
    with pytest.raises(HalError):
        rig.device.open()
    with pytest.raises(BadRequest):
        rig.device.set_login(login=Login())
    rig.device.set_login(login=Login(user="owner", auth_key="a long pass", privacy_key="another pass"))
    rig.device.open()
    assert rig.device.state.online
    rig.again()
    rig.device.open()
    assert rig.device.state.online
    rig.more = {"community": "another wrong one"}
    rig.again()
    with pytest.raises(HalError):
        rig.device.open()
    rig.device.close()


def test_a_login_shows_no_password_and_takes_no_other_field():
    assert "pass" not in repr(Login(user="owner", auth_key="a long pass"))
    verb = verbs_of(SnmpSwitch)["set_login"]
    with pytest.raises(BadRequest) as refused:
        checked(verb, {"login": {"auth_key": 5, "password": "a long pass"}})
    assert "a long pass" not in str(refused.value)


@pytest.mark.covers("V-INT-07")
def test_a_switch_is_asked_for_its_ports_and_added_with_its_password_sealed(agent, tmp_path):
    SnmpRig(tmp_path / "world", agent)
    login = Login(user="owner", auth_key="a long pass", privacy_key="another pass")
    assert survey("127.0.0.1", agent.port, login) == (SwitchGroup(1, 62, PORTS),)
    (tmp_path / "board.toml").write_text('id = "plain"\ntitle = "A plain machine"\n')

    def board():
        machine = Machine(keep=tmp_path / "keep")
        board = Board.read(tmp_path, machine)
        additions = Additions(board, machine)
        additions.recall()
        return board, additions

    first, additions = board()
    about = ("127.0.0.1", login, agent.port)
    for wrong, told in (((5,), "no port 5"), ((1, 2), "no group 9")):
        with pytest.raises(HalError, match=told):
            additions.add_switch(NewSwitch("SHOP", *about, wrong, group=9 if "group" in told else None))
    with first:
        additions.add_switch(NewSwitch("SHOP", *about, (1, 24)))
        supply = first.device("poe_supply", "SHOP")
        until(lambda: supply.state.online)
        assert (len(supply.state.ports), supply.state.budget_watts) == (2, 62.0)
        with pytest.raises(HalError, match="already"):
            additions.add_switch(NewSwitch("SHOP", *about))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "keep").iterdir())
    assert b"127.0.0.1" in kept
    assert b"a long pass" not in kept
    again, additions = board()
    with again:
        until(lambda: again.device("poe_supply", "SHOP").state.online)
        additions.remove("poe_supply", "SHOP")
    assert [one.name for one in (tmp_path / "keep").iterdir() if "SHOP" in one.name] == []


def test_without_watts_of_ports_the_whole_is_told_and_the_class_counts(agent, tmp_path):
    rig = SnmpRig(tmp_path, agent, milliwatts="")
    rig.start(1, 2, watts=6.0)
    assert (rig.port(1).watts, rig.port(1).allocated_watts) == (None, 15.4)
    assert rig.device.state.used_watts == 12.0
    rig.pass_s(SETTLE_S + PATIENCE_S)
    assert rig.port(1).allocated_watts == 15.4
    rig.device.close()


def test_the_switch_is_told_who_is_important(rig):
    rig.device.open()
    rig.device.set_priority(port=3, priority=PoePriority.CRITICAL)
    assert rig.switch.priorities[2] == 1


def test_a_switch_that_keeps_its_own_priorities_is_driven_all_the_same(rig):
    rig.switch.refuses_priorities = True
    rig.device.open()
    rig.device.set_priority(port=3, priority=PoePriority.HIGH)
    assert (rig.port(3).priority, rig.device.state.online) == (PoePriority.HIGH, True)


def test_a_fault_of_the_switch_is_told(rig):
    rig.device.open()
    rig.pass_s(PATIENCE_S)
    rig.pse.plug(1, Load("defect", 1, 9.0))
    rig.pass_s(3)
    assert (rig.port(2).state, rig.port(2).faults) == (PortState.FAULT, {PoeFault.UNKNOWN})


@pytest.mark.parametrize("nonsense", [["string", "hello"], ["objectid", ".1.3"], ["octet", "DE AD"]])
def test_nonsense_of_a_switch_is_a_bad_answer_in_words(rig, nonsense):
    rig.device.open()
    rig.switch.instead[f"{POWER_ETHERNET}.1.1.1.6.1.2"] = nonsense
    with pytest.raises(BadAnswer, match=r"127\.0\.0\.1 has no"):
        rig.device.poll()


def test_a_switch_that_is_not_there_is_offline_in_words(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        place = {"udp_port": silent.getsockname()[1]}
        device = SnmpSwitch("PSE", machine_of(Clock(), None), "127.0.0.1", PORTS, BUDGET, **place)
        with pytest.raises(Offline, match=r"127\.0\.0\.1: No SNMP response"):
            device.open()
        device.close()
