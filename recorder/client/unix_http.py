"""HTTP over a unix socket, with what the standard library has: light enough for the screen and the command line."""

import contextlib
import http.client
import socket
from pathlib import Path
from typing import Any

import msgspec

from recorder.client.errors import UNREADABLE, NightjarError, Unavailable
from recorder.client.words import _

LARGEST_ANSWER = 64 << 20


class ApiError(NightjarError):
    """The API refused a request: its status, code and words, and the field and allowed range where one is wrong."""

    words = "{words}"

    def __init__(
        self, status: int, code: str, words: str, field: str | None = None, allowed: str | None = None
    ) -> None:
        super().__init__(words=words)
        self.http_status = status
        self.error_code = code
        self.field = field
        self.allowed = allowed

    @property
    def code(self) -> str:
        """The name of the error at the server."""
        return self.error_code


class BadAnswer(NightjarError):
    """An answer that is not what the API promises: another version of control answers."""

    status = 502
    words = _("The recorder gave an answer that this program does not understand: {problem}.")


class UnixHttp(http.client.HTTPConnection):
    """A connection to a unix socket; the name in the Host header is only a name."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Connect; raises OSError."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(str(self._path))
        except OSError:
            self.sock.close()
            raise


def refusal(status: int, body: bytes) -> ApiError:
    """Make the error that an answer tells of; an answer that is not ours still gives one."""
    try:
        told: Any = msgspec.json.decode(body)
    except UNREADABLE:
        told = None
    if not isinstance(told, dict):
        told = {}
    words = told.get("words") or _("The recorder answered with an error ({status}).").format(status=status)
    field, allowed = (str(found) if (found := told.get(name)) is not None else None for name in ("field", "allowed"))
    return ApiError(status, str(told.get("code", "")), str(words), field, allowed)


def open_request(
    path: Path, method: str, target: str, body: bytes | None, headers: dict[str, str], timeout_s: float
) -> tuple[UnixHttp, http.client.HTTPResponse]:
    """Send one request and give the connection (to be closed) and the answer's head.

    Raises `Unavailable` when nobody listens and `ApiError` when the answer is a refusal.
    """
    connection = UnixHttp(path, timeout_s)
    try:
        # Who refuses need not read what comes behind the head: he answers, and hangs up in the middle of it.
        with contextlib.suppress(BrokenPipeError):
            connection.request(method, target, body, headers)
        answer = connection.getresponse()
        if answer.status >= http.client.BAD_REQUEST:
            raise refusal(answer.status, answer.read(LARGEST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Unavailable(process="control") from error
    except ApiError:
        connection.close()
        raise
    return connection, answer
