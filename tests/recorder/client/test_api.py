"""The API client against an answer that is not control's."""

import socketserver
import threading

import pytest

from recorder.client.api import ApiClient, ApiError
from recorder.client.unix_http import BadAnswer


@pytest.fixture
def answers(tmp_path):
    """Serve one answer, whatever is asked; the test says which."""
    said = {}

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while self.rfile.readline().strip():
                pass
            head = f"HTTP/1.1 {said['status']} X\r\nContent-Length: {len(said['body'])}\r\n\r\n"
            self.wfile.write(head.encode() + said["body"])

    with socketserver.UnixStreamServer(str(tmp_path / "control.sock"), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        said["client"] = ApiClient(tmp_path / "control.sock")
        yield said
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [b"", b"{}", b"[1, 2]", b"\xff\xfe", b"<html>"])
def test_an_answer_of_another_kind_is_told_in_words(answers, body):
    answers.update(status=200, body=body)
    with pytest.raises(BadAnswer, match="does not understand"):
        answers["client"].status()


def test_a_strange_refusal_is_a_refusal(answers):
    answers.update(status=422, body=b'{"words": 7, "code": [], "field": ["url"], "allowed": {}}')
    with pytest.raises(ApiError) as refused:
        answers["client"].status()
    assert str(refused.value) == "7"
    assert isinstance(refused.value.field, str)
