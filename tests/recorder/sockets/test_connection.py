"""Serving frames: what is queued arrives whole and in order, whoever is slow, gone or hostile."""

import asyncio
import os
import socket

import pytest

from recorder.client import wire
from recorder.client.errors import Refused
from recorder.sockets.connection import Connection
from recorder.sockets.listener import Listener

pytestmark = pytest.mark.anyio


class Session:
    """Keeps what is told to it; answers `big` with many bytes and refuses `no`."""

    def __init__(self, connection):
        self.connection = connection
        self.messages, self.drains, self.ended = [], 0, 0

    def received(self, message):
        self.messages.append(message)
        match message["op"]:
            case "no":
                raise Refused(what="nothing")
            case "break":
                raise RuntimeError("unforeseen")
            case "echo":
                self.connection.send(message)

    def drained(self):
        self.drains += 1

    def closed(self):
        self.ended += 1


@pytest.fixture
async def pair():
    """A session and the blocking socket of its client."""
    ours, theirs = socket.socketpair()
    connection = Connection(ours, asyncio.get_running_loop())
    connection.session = session = Session(connection)
    theirs.setblocking(False)
    yield session, theirs
    connection.close()
    theirs.close()


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def until(seen):
    async with asyncio.timeout(60):
        while not seen():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


async def read(client, count):
    loop, data = asyncio.get_running_loop(), b""
    async with asyncio.timeout(60):
        while len(data) < count:
            got = await loop.sock_recv(client, 1 << 16)
            if not got:
                break
            data += got
    return data


async def test_everything_queued_arrives_whole_and_in_order_at_a_slow_client(pair):
    session, client = pair
    pieces = [os.urandom(size) for size in (1, 70_000, 13, 0, 500_000, 2, 300_000)] * 5
    expected = b"".join(b"head" + piece for piece in pieces)
    for piece in pieces:
        session.connection.put(b"head", memoryview(piece))
    assert session.connection.backlog == len(expected)
    await settle()
    assert 0 < session.connection.backlog < len(expected)
    assert await read(client, len(expected)) == expected
    await settle()
    assert session.connection.backlog == 0
    assert session.drains == 1


async def test_more_small_frames_than_one_call_takes_arrive_too(pair):
    session, client = pair
    for number in range(5000):
        session.connection.put(number.to_bytes(4, "big"), b"")
    data = await read(client, 20_000)
    assert [int.from_bytes(data[at : at + 4], "big") for at in range(0, 20_000, 4)] == list(range(5000))


async def test_what_was_queued_before_hanging_up_still_arrives(pair):
    session, client = pair
    session.connection.send({"op": "bye"})
    session.connection.close()
    frame = wire.encode({"op": "bye"})
    assert await read(client, len(frame) + 1) == frame
    assert session.ended == 1


async def test_a_message_in_crumbs_is_one_message(pair):
    session, client = pair
    for byte in wire.encode({"op": "a", "id": 1}):
        client.send(bytes([byte]))
        await settle()
    assert session.messages == [{"op": "a", "id": 1}]


async def test_a_refusal_is_told_with_the_number_of_the_request(pair):
    session, client = pair
    client.send(wire.encode({"op": "no", "id": 8}))
    ((_kind, payload),) = wire.Splitter().feed(await read(client, 1))
    answer = wire.decode(payload)
    assert (answer["op"], answer["id"], answer["code"]) == ("failed", 8, "Refused")
    assert session.ended == 0


async def test_a_fault_of_ours_ends_this_connection_and_is_told_once(pair):
    session, client = pair
    client.send(wire.encode({"op": "break"}) + wire.encode({"op": "echo"}))
    assert await read(client, 1) == b""
    assert session.ended == 1
    assert len(session.messages) == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"op":"\xff"}', b'{"op":"echo","x":' + b"[" * 100_000])
async def test_a_client_that_sends_no_message_is_hung_up_on(pair, body):
    session, client = pair
    client.send(wire.HEADER.pack(len(body) + 1, wire.MESSAGE) + body)
    assert await read(client, 1) == b""
    assert (session.ended, session.messages) == (1, [])


async def test_a_client_that_dies_is_forgotten_once(pair):
    session, client = pair
    for _ in range(100):
        session.connection.put(b"x" * 100_000, b"")
    client.close()
    await until(lambda: session.ended)
    session.connection.put(b"late", b"")
    session.connection.close()
    await settle()
    assert session.ended == 1
    assert session.connection.backlog == 0


@pytest.fixture
async def listener(tmp_path):
    made = []

    def make(connection):
        made.append(Session(connection))
        return made[-1]

    listening = Listener(tmp_path / "x.sock", make)
    yield listening, made, tmp_path / "x.sock"
    listening.close()


async def test_a_socket_left_by_a_dead_process_is_replaced(listener):
    listening, made, path = listener
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    listening.open()
    with wire.BlockingConnection(str(path)) as client:
        client.send({"op": "hi"})
        await until(lambda: made and made[0].messages)
        assert made[0].connection.peer.trusted
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_end_hangs_up_on_everybody(listener):
    listening, made, path = listener
    listening.open()
    clients = [wire.BlockingConnection(str(path)) for _ in range(3)]
    await until(lambda: len(made) == 3)
    listening.close()
    for client in clients:
        with pytest.raises(ConnectionError):
            client.receive()
        client.close()
    assert [one.ended for one in made] == [1, 1, 1]
