"""The client of decode.sock against a decode that is a plain socket."""

import socket

import pytest

from recorder.client.errors import Unavailable
from recorder.client.frames import DecodeClient
from recorder.client.stream import StreamName


@pytest.fixture
def decode(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "decode.sock"))
        listener.listen()
        listener.settimeout(10)
        yield listener


@pytest.fixture
def client(tmp_path):
    client = DecodeClient(tmp_path / "decode.sock")
    client.start()
    yield client
    client.close()


def ask(decode, client):
    """Take the client's next connection, and a still that it asks for on it."""
    peer, _address = decode.accept()
    peer.settimeout(10)
    while not client.connected:
        pass
    answer = client.still(1, StreamName.MAIN)
    assert b"still" in peer.recv(4096)
    return peer, answer


def test_a_still_that_was_given_up_does_not_end_the_client(decode, client):
    peer, given_up = ask(decode, client)
    given_up.cancel()
    peer.close()
    peer, lost = ask(decode, client)
    peer.close()
    with pytest.raises(Unavailable):
        lost.result(10)


def test_a_decode_that_takes_nothing_holds_nobody(decode, client, monkeypatch):
    monkeypatch.setattr("recorder.client.frames.SEND_S", 1)
    peer, waiting = ask(decode, client)
    for number in range(100_000):
        client.play_seek(1, number)
        if not client.connected:
            break
    with pytest.raises(Unavailable):
        waiting.result(10)
    peer.close()
