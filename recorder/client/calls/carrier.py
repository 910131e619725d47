"""How a call of the API client is carried: a request over a socket of control, the answer typed, errors with words."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO, Self, TypedDict, TypeVar, Unpack
from urllib.parse import urlencode

import msgspec

from recorder.client.errors import UNREADABLE, Unavailable
from recorder.client.unix_http import BadAnswer, open_request

ROOT = "/api/v1"

CHUNK = 1 << 18

PATIENT_S = 45.0
"""For what is asked of a simulator that starts, or of a disk that has to wake."""

A = TypeVar("A")


class _Sent(TypedDict, total=False):
    """What goes with a request."""

    query: Mapping[str, Any] | None
    body: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    patient: bool
    content: bytes | None


class Carrier:
    """One socket of control, and the session that its calls are made in."""

    def __init__(self, path: Path, token: str = "", timeout_s: float = 10.0) -> None:
        """`path` is that of the socket; `token` is a session's and may be set later."""
        self.path = path
        self.token = token
        self.timeout_s = timeout_s

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing stays open between calls."""

    def _get(self, kind: type[A], target: str, query: Mapping[str, Any] | None = None) -> A:
        return read(kind, self._call("GET", target, query=query))

    def _send(
        self,
        kind: type[A] | None,
        method: str,
        target: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        patient: bool = False,
        content: bytes | None = None,
    ) -> A:
        """`content` is sent as it is, in place of a body that is JSON; the headers say what it is."""
        found = self._call(method, target, body=body, headers=headers, patient=patient, content=content)
        return read(kind, found) if kind else None  # pyright: ignore[reportReturnType]

    def _copy(self, target: str, into: BinaryIO) -> int:
        """Copy an answer into an open file while it comes; gives its bytes."""
        with self._answer("GET", target) as answer:
            written = 0
            while piece := answer.read(CHUNK):
                written += into.write(piece)
            return written

    def _call(self, method: str, target: str, **sent: Unpack[_Sent]) -> bytes:
        with self._answer(method, target, **sent) as answer:
            try:
                return answer.read()
            except (OSError, HTTPException) as error:
                raise Unavailable(process="control") from error

    @contextmanager
    def _answer(self, method: str, target: str, **sent: Unpack[_Sent]) -> Generator[HTTPResponse]:
        headers = {"Accept": "application/json", "Connection": "close", **(sent.get("headers") or {})}
        data = sent.get("content")
        if (body := sent.get("body")) is not None:
            data = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if query := sent.get("query"):
            target = f"{target}?{urlencode(query)}"
        timeout_s = max(self.timeout_s, PATIENT_S) if sent.get("patient") else self.timeout_s
        connection, answer = open_request(self.path, method, ROOT + target, data, headers, timeout_s)
        try:
            yield answer
        finally:
            connection.close()


def which(channels: Sequence[int], start_us: int | None, end_us: int | None) -> dict[str, Any]:
    """The query that asks for some channels (all where there are none) and a time; what is None is left out."""
    asked = {"channels": ",".join(map(str, channels)) or None, "start": start_us, "end": end_us}
    return {name: value for name, value in asked.items() if value is not None}


def read(kind: type[A], body: bytes) -> A:
    """Read an answer; raises `BadAnswer`."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except UNREADABLE as error:
        raise BadAnswer(problem=error) from error
