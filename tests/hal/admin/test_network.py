"""A network that is tried: kept when somebody says so in time, otherwise as before, whatever happens meanwhile."""

import os
from pathlib import Path

import pytest

from hal.admin.job import Done, ProgramFailed
from hal.admin.network import BEFORE, Networks
from hal.errors import BadRequest, Refused
from hal.machine import Machine
from hal.network.plan import BondMode, BondPlan, InterfacePlan, NetworkPlan


class Net:
    """networkd as far as it matters: at a reload it makes the bonds that are planned, and changes none."""

    def __init__(self, root):
        self.machine = Machine(etc=root / "etc", sys=root / "sys")
        self.folder = root / "etc/systemd/network"
        self.links = root / "sys/class/net"
        self.links.mkdir(parents=True)
        self.asked, self.later, self.broken = [], [], False
        self.networks = self.start()

    def start(self):
        """Start the service."""
        networks = Networks(self.machine, self.run, self.after)
        networks.begin()
        return networks

    def run(self, argv, _given=b"", _patience_s=60.0):
        self.asked.append(" ".join(argv))
        if self.broken and argv[0] == "networkctl":
            return Done(1, b"", "Failed to reload: no bus")
        if argv[:3] == ["ip", "link", "delete"]:
            (self.links / argv[-1]).rmdir()
        if argv == ["networkctl", "reload"]:
            for one in self.folder.glob("*.netdev"):
                (self.links / one.stem.removeprefix("20-nightjar-")).mkdir(exist_ok=True)
        return Done(0, b"", "")

    def after(self, seconds, do):
        self.later.append((seconds, do))
        return self

    def cancel(self):
        self.later.pop()

    def files(self):
        return {one.name: one.read_text() for one in self.folder.iterdir()}


@pytest.fixture
def net(tmp_path):
    one = Net(tmp_path)
    kept(one, lone("192.168.1.20/24"))
    return one


def kept(net, plan):
    net.networks.attempt(plan=plan)
    net.networks.confirm()


def lone(address):
    return NetworkPlan((InterfacePlan("lan1", addresses=(address,)),))


def bonded(mode=BondMode.FAULT_TOLERANCE):
    return NetworkPlan((InterfacePlan("bond0", dhcp=True),), (BondPlan("bond0", mode, ("lan1", "lan2")),))


@pytest.mark.covers("D-NET-01.6")
def test_a_change_that_nobody_keeps_is_undone(net):
    before = net.files()
    net.networks.attempt(plan=bonded(), within_s=30)
    assert net.files().keys() == {
        f"20-nightjar-{name}" for name in ("bond0.network", "bond0.netdev", "lan1.network", "lan2.network")
    }
    ((seconds, undo),) = net.later
    assert seconds == 30
    undo()
    assert net.files() == before
    assert not (net.links / "bond0").exists()
    with pytest.raises(Refused, match="nobody kept in time was undone"):
        net.networks.confirm()


def test_what_a_power_cut_leaves_is_whole_files(net, monkeypatch):
    """What was put aside lay in memory alone: put back at the next start, it was empty, and the recorder not found."""
    synced, moved = set(), []

    def fsync(descriptor):
        synced.add(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    def moving(real):
        def move(path, to):
            whole = [path, *path.iterdir()] if path.is_dir() else [path]
            moved.append((path.name, {str(one) for one in whole} <= synced))
            synced.difference_update({str(path.parent)})
            done = real(path, to)
            synced.update(str(one) for one in (to, *(to.iterdir() if to.is_dir() else ())))
            return done

        return move

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", moving(Path.rename))
    monkeypatch.setattr(Path, "replace", moving(Path.replace))
    net.networks.attempt(plan=lone("10.0.0.5/24"))
    assert [name for name, _whole in moved] == ["network-before.new", "20-nightjar-lan1.network.new"]
    assert all(whole for _name, whole in moved)
    folders = {str(net.folder), str((net.machine.etc / BEFORE).parent)}
    assert folders <= synced, "and so are their names"
    synced.clear()
    net.networks.confirm()
    assert str((net.machine.etc / BEFORE).parent) in synced, "what was kept is not undone after a cut"


def test_a_change_that_is_kept_stays(net):
    net.networks.attempt(plan=lone("10.0.0.5/24"))
    net.networks.confirm()
    assert net.later == []
    assert "10.0.0.5/24" in net.files()["20-nightjar-lan1.network"]
    net.start()
    assert "10.0.0.5/24" in net.files()["20-nightjar-lan1.network"]


def test_a_change_is_undone_at_once_where_that_is_asked(net):
    before = net.files()
    net.networks.attempt(plan=lone("10.0.0.5/24"))
    net.networks.undo()
    assert (net.files(), net.later) == (before, [])
    with pytest.raises(Refused, match="No change of the network is being tried"):
        net.networks.undo()


def test_a_change_that_was_being_tried_when_the_power_was_cut_is_undone_at_the_next_start(net):
    before = net.files()
    net.networks.attempt(plan=lone("10.0.0.5/24"))
    net.later.clear()
    net.start()
    assert net.files() == before
    assert not (net.machine.etc / BEFORE).exists()


def test_what_cannot_be_put_back_yet_is_tried_again(net):
    before = net.files()
    net.networks.attempt(plan=lone("10.0.0.5/24"))
    net.later.clear()
    net.broken = True
    net.start()
    net.broken = False
    ((_seconds, again),) = net.later
    again()
    assert net.files() == before
    assert not (net.machine.etc / BEFORE).exists()


def test_one_change_is_tried_at_a_time(net):
    net.networks.attempt(plan=lone("10.0.0.5/24"))
    with pytest.raises(Refused, match="keep or undo it first"):
        net.networks.attempt(plan=lone("10.0.0.6/24"))
    assert "10.0.0.5/24" in net.files()["20-nightjar-lan1.network"]


def test_a_change_that_cannot_be_carried_out_leaves_all_as_it_was(net):
    before = net.files()
    run, net.networks._run = (
        net.networks._run,
        lambda *words: (
            Done(1, b"", "no bus")
            if not net.asked.clear() and words[0][0] == "networkctl" and net.files() != before
            else run(*words)
        ),
    )
    with pytest.raises(ProgramFailed, match="no bus"):
        net.networks.attempt(plan=lone("10.0.0.5/24"))
    assert (net.files(), net.later) == (before, [])
    assert not (net.machine.etc / BEFORE).exists()


def test_a_plan_that_cannot_be_is_never_tried(net):
    before = net.files()
    with pytest.raises(BadRequest):
        net.networks.attempt(plan=lone("everywhere"))
    assert (net.files(), net.later) == (before, [])


def test_a_bond_that_becomes_another_is_made_anew_and_one_that_stays_is_left_alone(net):
    kept(net, bonded())
    net.asked.clear()
    kept(net, bonded())
    assert net.asked == ["networkctl reload"]
    kept(net, bonded(BondMode.LOAD_BALANCE))
    assert net.asked[1:] == ["ip link delete dev bond0", "networkctl reload"]
    assert (net.links / "bond0").exists()
