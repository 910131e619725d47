"""Requests to a socket that answers as it likes."""

import socket
import threading

import pytest

from recorder.client.errors import Unavailable
from recorder.client.unix_http import ApiError, open_request

REFUSED = b'HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 28\r\n\r\n{"code":"X","words":"Not so"}'


@pytest.fixture
def server(tmp_path):
    """Answer one request with bytes as soon as its first byte is there, and hang up."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "http.sock"))
        listener.listen()

        def serve(answer):
            def one():
                line, _address = listener.accept()
                with line:
                    line.recv(1)
                    line.sendall(answer)

            threading.Thread(target=one, daemon=True).start()
            return tmp_path / "http.sock"

        yield serve


def test_who_refuses_in_the_middle_of_what_is_sent_is_heard(server):
    path = server(REFUSED.replace(b"28", b"29"))
    with pytest.raises(ApiError, match="Not so") as refused:
        open_request(path, "PUT", "/x", bytes(8 << 20), {}, 10)
    assert refused.value.http_status == 405


def test_who_hangs_up_without_a_word_is_not_there(server):
    with pytest.raises(Unavailable):
        open_request(server(b""), "PUT", "/x", bytes(8 << 20), {}, 10)
