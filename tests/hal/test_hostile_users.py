"""Another process of the recorder is hostile: it learns nothing, keeps nobody from anything, and fills no log.

On the target each process is a user of its own that reaches the sockets of hal and hal-admin by their group. Here all
are one user, who is made a stranger by a list on which he is not.
"""

import asyncio
import json
import logging
import os
import socket
import threading
from pathlib import Path

import msgspec
import pytest

from hal.access import ALLOWED, MINUTE_S, TOLD_A_MINUTE, Access, Peer, Refusals
from hal.additions import Additions
from hal.admin.__main__ import real_nouns
from hal.admin.audit import LARGEST_TOLD, OTHERS, Audit
from hal.admin.helper import AT_ONCE, Ask, Helper
from hal.admin.helper import List as Verbs
from hal.board import Board
from hal.client import HalClient, HalUnavailable, connection, follower
from hal.client.admin import AdminClient
from hal.client.follower import Follower
from hal.daemon import Connectors, Daemon, List, Remove, Simulate, Watch
from hal.errors import BadRequest, Refused
from hal.kinds.relay import Relay
from hal.kinds.verbs import checked, verb, verbs_of
from hal.machine import Machine
from hal.server import MOST_CLIENTS, Server

BOARD = Path(__file__).parents[2] / "board" / "simulated"
WEB, CONTROL, HAL = Peer(7, 4_000_001), Peer(8, 4_000_002), Peer(9, 4_000_003)
"""Users whose numbers have no names: they are called by them."""


class Caller:
    """A client that keeps what it is told."""

    def __init__(self, peer):
        self.peer = peer
        self.watches = False
        self.told = []
        self.tasks = []

    def send(self, message):
        self.told.append(msgspec.json.decode(message))

    def require_room(self, number):
        pass

    def begin(self, number, work):
        self.tasks.append(asyncio.ensure_future(work))


# --- who is on no list ---


@pytest.fixture
def daemon():
    board = Board.read(BOARD, Machine())
    return Daemon(board, Additions(board, Machine()), Access(ALLOWED, own_uid=-1))


LOOKS = [List(1), Watch(1), Connectors(1), Simulate(1, "alarm_input", "IN1", "move", {"active": True})]


@pytest.mark.parametrize("request_", LOOKS, ids=lambda one: type(one).__name__)
def test_who_is_on_no_list_sees_nothing_and_moves_no_simulated_hand(daemon, request_):
    caller = Caller(WEB)
    with pytest.raises(Refused, match="4000001 may not look"):
        daemon.take(caller, request_)
    assert (caller.told, caller.watches, caller.tasks) == ([], False, [])


def test_of_the_recorders_processes_only_control_and_the_screen_reach_the_devices():
    assert ALLOWED.keys() == {"nightjar-control", "nightjar-gui"}


def test_what_the_root_helper_can_do_is_nobodys_business(tmp_path):
    helper = Helper({}, Audit(tmp_path / "audit", lasting=False), Access(ALLOWED, own_uid=-1))
    with pytest.raises(Refused, match="may not look"):
        helper.take(Caller(WEB), Verbs(1))


def test_nobody_writes_lines_of_his_own_into_a_log(daemon, caplog):
    caplog.set_level(logging.WARNING, "hal.audit")
    forged = "x\nhal.audit: asked: array md0 delete by nightjar-control (pid 1)"
    with pytest.raises(Refused):
        daemon.take(Caller(WEB), Remove(1, forged, forged * 900))
    with pytest.raises(Refused):
        Access({}, own_uid=-1).check(WEB, "disk", forged, verbs_of(Relay)["switch"])
    assert [("\n" in one.getMessage(), len(one.getMessage()) < 300) for one in caplog.records] == [(False, True)] * 2


# --- floods ---


class Answers(Server):
    """A service that notes whom it answered."""

    def __init__(self):
        super().__init__(msgspec.json.Decoder(List))
        self.answered = []

    def take(self, client, request):
        self.answered.append(request.id)
        client.send(b"{}")


@pytest.fixture
async def service(tmp_path_factory):
    place = tmp_path_factory.mktemp("s") / "s"
    here, ready = Answers(), asyncio.Event()
    task = asyncio.create_task(here.serve(place, ready.set))
    await ready.wait()
    here.place = place
    yield here
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.anyio
async def test_who_asks_and_asks_keeps_nobody_waiting(service):
    flood, calm = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    with flood, calm:
        for one in (flood, calm):
            one.setblocking(False)
            one.connect(str(service.place))
        flood.send(b"".join(b'{"op":"inventory","id":%d}\n' % number for number in range(1, 2001)))
        calm.send(b'{"op":"inventory","id":9999}\n')
        async with asyncio.timeout(30):
            await asyncio.get_running_loop().sock_recv(calm, 100)
    assert service.answered.index(9999) < 100


@pytest.mark.anyio
async def test_a_user_has_so_many_connections_and_then_must_close_one(service):
    opened = [await asyncio.open_unix_connection(str(service.place)) for _ in range(MOST_CLIENTS)]
    reader, writer = await asyncio.open_unix_connection(str(service.place))
    async with asyncio.timeout(30):
        assert b"close one" in await reader.read()
    writer.close()
    opened[0][1].close()
    async with asyncio.timeout(30):
        while True:
            reader, writer = await asyncio.open_unix_connection(str(service.place))
            writer.write(b'{"op":"inventory","id":1}\n')
            said = await reader.readline()
            writer.close()
            if said == b"{}\n":
                break
    for _reader, one in opened:
        one.close()


class Clock:
    now_s = 100.0

    def __call__(self):
        return self.now_s


def test_a_flood_of_refusals_is_ten_lines_a_minute_and_their_number(tmp_path):
    clock = Clock()
    audit = Audit(tmp_path / "audit", lasting=False, refusals=Refusals(clock))
    for _ in range(1000):
        audit.write("refused", WEB, "disk", "initialise", {"disk": "sda"}, "no")
    audit.write("refused", HAL, "disk", "initialise", {}, "no")
    audit.write("asked", CONTROL, "power", "reboot", {})
    clock.now_s += MINUTE_S
    audit.write("refused", WEB, "power", "reboot", {}, "no")
    lines = [json.loads(line) for line in (tmp_path / f"audit{OTHERS}").read_text().splitlines()]
    users = [line["user"] for line in lines]
    assert users == ["4000001"] * TOLD_A_MINUTE + ["4000003", "4000001"]
    assert json.loads((tmp_path / "audit").read_text())["user"] == "4000002"
    assert lines[-1]["unwritten"] == 1000 - TOLD_A_MINUTE
    assert not any("unwritten" in line for line in lines[:-1])


def test_what_is_long_and_refused_stands_in_the_audit_by_its_beginning(tmp_path):
    audit = Audit(tmp_path / "audit", lasting=False)
    audit.write("refused", WEB, "disk", "initialise", {"disk": "sda" * 20_000}, "no" * 20_000)
    (line,) = (tmp_path / f"audit{OTHERS}").read_text().splitlines()
    assert len(line) < 3 * LARGEST_TOLD
    assert json.loads(line)["args"].startswith('{"disk":"sdasda')


def test_refusals_are_ten_lines_a_minute_of_the_journal_too(caplog):
    caplog.set_level(logging.WARNING, "hal.audit")
    clock = Clock()
    access = Access({}, own_uid=-1, refusals=Refusals(clock))
    switch = verbs_of(Relay)["switch"]
    for second in range(50):
        clock.now_s = 100.0 + second
        with pytest.raises(Refused):
            access.check(WEB, "relay", "OUT1", switch)
    clock.now_s += MINUTE_S
    with pytest.raises(Refused):
        access.check(WEB, "relay", "OUT1", switch)
    told = [one.getMessage() for one in caplog.records]
    assert len(told) == TOLD_A_MINUTE + 1
    assert told[-1].endswith("40 more were not written down")


# --- drives that hang ---


class Drives:
    """Drives that do not answer before they are let."""

    def __init__(self):
        self.answer = threading.Event()

    @verb()
    def health(self) -> str:
        """Hang."""
        self.answer.wait(60)
        return "well"


class Machines:
    @verb()
    def restart(self) -> str:
        """Answer."""
        return "yes"


@pytest.mark.anyio
async def test_however_many_drives_hang_control_is_answered(tmp_path):
    drives = Drives()
    allowed = {"4000003": frozenset({"drives.*"}), "4000002": frozenset({"*"})}
    nouns = {"drives": drives, "machines": Machines()}
    helper = Helper(nouns, Audit(tmp_path / "audit", lasting=False), Access(allowed, own_uid=-1))
    hal, control = Caller(HAL), Caller(CONTROL)
    try:
        for number in range(3 * AT_ONCE):
            helper.take(hal, Ask(number, "drives", "health"))
        helper.take(control, Ask(1, "machines", "restart"))
        async with asyncio.timeout(30):
            await asyncio.gather(*control.tasks)
        assert [one["result"] for one in control.told] == ["yes"]
        assert hal.told == []
    finally:
        drives.answer.set()
    await asyncio.gather(*hal.tasks)
    assert len(hal.told) == 3 * AT_ONCE


# --- who listens in the place of a service ---


@pytest.fixture
def listening(tmp_path_factory):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path_factory.mktemp("l") / "l"))
        one.listen()
        one.settimeout(30)
        yield one


def heard(listening):
    """What its first client says before it hangs up."""
    taken, _address = listening.accept()
    with taken:
        taken.settimeout(30)
        return taken.recv(1000)


@pytest.mark.parametrize("client", [HalClient, AdminClient])
def test_nothing_is_said_to_who_listens_in_the_place_of_a_service(listening, monkeypatch, client):
    monkeypatch.setattr(connection, "peer_of", lambda _socket: WEB)
    with pytest.raises(HalUnavailable, match="4000001 listens in its place"):
        client(listening.getsockname())
    assert heard(listening) == b""


@pytest.mark.parametrize("uid", [0, os.getuid()])
def test_root_serves_the_root_helpers_socket_and_on_a_laptop_we_do(listening, monkeypatch, uid):
    monkeypatch.setattr(connection, "peer_of", lambda _socket: Peer(7, uid))
    AdminClient(listening.getsockname()).close()


@pytest.mark.anyio
async def test_a_line_for_a_whole_process_is_not_opened_to_a_stranger_either(listening, monkeypatch):
    monkeypatch.setattr(connection, "peer_of", lambda _socket: WEB)
    line = Follower(Path(listening.getsockname()))
    task = asyncio.create_task(line.run())
    with pytest.raises(HalUnavailable):
        await line.ready()
    assert await asyncio.to_thread(heard, listening) == b""
    task.cancel()
    await asyncio.wait([task])
    assert follower.require_served_by is connection.require_served_by


# --- words for root ---


def patterns(type_):
    """Every pattern that a type of arguments has, however deep."""
    match type_:
        case msgspec.inspect.StrType(pattern=str(found)):
            yield found
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                yield from patterns(field.type)
        case msgspec.inspect.UnionType(types=types):
            for one in types:
                yield from patterns(one)
        case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.ListType(item_type=item):
            yield from patterns(item)
        case _:
            pass


def test_no_name_that_root_takes_may_end_with_a_line(tmp_path):
    nouns = real_nouns(Machine(etc=tmp_path), tmp_path)
    all_verbs = [one for noun in nouns.values() for one in verbs_of(type(noun)).values()]
    found = [pattern for one in all_verbs for pattern in patterns(msgspec.inspect.type_info(one.arguments))]
    assert len(found) >= 8
    # `$` stands before a line's end, too.
    assert [one for one in found if not one.endswith(r"\Z")] == []
    label = next(one for one in all_verbs if one.name == "initialise")
    with pytest.raises(BadRequest, match="label"):
        checked(label, {"disk": "sda", "serial": "A", "label": "disk1\n"})
