"""Calls made up from the recorder's own OpenAPI by schemathesis: such as fit it, and such as just do not."""

import json
from zlib import crc32

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from recorder.accounts.caller import Door

MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
MOST_FIELDS = 6
"""Of a body at once: the strategy of a rule's page with its hundred fields takes seconds, and a change may have any."""
SOURCE = "10.0.0.1"
KNOWN = {"channel": 1, "item": "1", "page": "general", "user": "anna", "port": 1, "pool": 1, "event": 1, "bay": "1"}
"""What paths of calls that fit are filled with, so that they lead somewhere."""


def narrowed(described: dict, turn: int) -> dict:
    """Give an OpenAPI whose bodies have some of their fields each, others in another turn, and what is required."""
    found = json.loads(json.dumps(described))
    for path, methods in found["paths"].items():
        for method, told in methods.items():
            for content in told.get("requestBody", {}).get("content", {}).values():
                fields = content["schema"].get("properties", {})
                if len(fields) <= MOST_FIELDS:
                    continue
                names = sorted(fields)
                first = (crc32(f"{method} {path}".encode()) + turn * MOST_FIELDS) % len(names)
                kept = {*(names * 2)[first : first + MOST_FIELDS], *content["schema"].get("required", [])}
                content["schema"]["properties"] = {name: fields[name] for name in names if name in kept}
    return found


@schemathesis.serializer("audio/wav")
def as_they_are(_context, value: object) -> bytes:
    """Send made-up bytes in place of a file."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def furnish(served) -> None:
    """Set a recorder up with somebody and something: calls are about them, and not about who makes them."""
    served.set_up()
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    served.owner.set_page("user", {"group": "user"}, item="anna")


class MadeUp:
    """All operations of a recorder, as an administrator over the network calls them."""

    def __init__(self, served, turn: int = 0) -> None:
        described = json.loads(served.owner._call("GET", "/openapi.json"))
        described["paths"] = narrowed(described, turn)["paths"]
        self.operations = [one.ok() for one in schemathesis.openapi.from_dict(described).get_all_operations()]
        self._served = served
        transport = httpx.HTTPTransport(uds=str(served.instance.socket("web")))
        self._http = httpx.Client(transport=transport, base_url="http://web", timeout=60)
        self._token = self._logged_in()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def call(self, case, mode: GenerationMode) -> httpx.Response:
        """Make one call. Who was logged out by an earlier one is logged in again."""
        if mode is GenerationMode.POSITIVE:
            for name in case.path_parameters.keys() & KNOWN.keys():
                case.path_parameters[name] = KNOWN[name]
        asked = case.as_transport_kwargs(base_url="http://web")
        told = {name: asked[name] for name in ("params", "json", "data") if asked.get(name) is not None}
        if isinstance(told.get("data"), bytes | str):
            told["content"] = told.pop("data")
        for _try in range(2):
            headers = {**asked["headers"], "Authorization": f"Bearer {self._token}"}
            answer = self._http.request(asked["method"], asked["url"], headers=headers, **told)
            if answer.status_code != 401:
                break
            self._token = self._logged_in()
        return answer

    def _logged_in(self) -> str:
        # Beside the login, which would be locked by the wrong passwords of calls that were made up.
        return self._served.control.accounts.sessions.begin("admin", Door.WEB, SOURCE)[0]

    def asker(self, operation, mode: GenerationMode, take, examples: int = 1):
        """Give a function that makes up calls of an operation and has `take` look at each with its answer."""

        @settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.generate],
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def made_up(case):
            take(case, self.call(case, mode))

        return made_up
