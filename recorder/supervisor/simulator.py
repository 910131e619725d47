"""The simulated cameras of an instance: their address and login outlive a run, because channels name them."""

import json
import logging
import secrets
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.instance import Instance
from recorder.supervisor.child import ChildSpec

log = logging.getLogger("simulate")
CONTROL_S = 30.0
PASSWORD_VARIABLE = "NIGHTJAR_SIMULATE_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Login:
    """How the simulated cameras are reached."""

    port: int
    user: str
    password: str


def login(instance: Instance) -> Login:
    """Give the login of this instance's simulator, made at its first use."""
    place = instance.config / "simulator.json"
    try:
        return msgspec.json.decode(place.read_bytes(), type=Login)
    except (OSError, *UNREADABLE):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            fresh = Login(probe.getsockname()[1], "viewer", secrets.token_urlsafe(12))
        _write(place, asdict(fresh))
        return fresh


def spec(instance: Instance, cameras: int, *, introduce: bool) -> ChildSpec:
    """Say how to start so many cameras; once ready, control finds them in `run/simulator.json`.

    With `introduce` they are also put on the wall, at the very first run only: an owner who removed them is not
    overruled.
    """
    known = login(instance)
    argv = [sys.executable, "-m", "recorder.simulate", "--port", str(known.port), "--cameras", str(cameras)]
    argv += ["--data", str(instance.data), "--wired", "--auth", "digest", "--user", known.user]

    def ready() -> None:
        _write(instance.run / "simulator.json", {**asdict(known), "cameras": cameras})
        if introduce:
            introduce_cameras(instance)

    # The password travels by the environment: an argument list can be read by every user.
    return ChildSpec("simulate", argv, environment={PASSWORD_VARIABLE: known.password}, when_ready=ready)


def introduce_cameras(instance: Instance) -> None:
    """Add the simulated cameras as channels, once in the life of an instance."""
    mark = instance.state / "introduced"
    if mark.exists():
        return
    from recorder.client.api import ApiClient

    try:
        with ApiClient(instance.socket("control")) as api:
            api.wait_until_ready(CONTROL_S)
            if not api.channels():
                api.add_simulated_cameras()
    except NightjarError as error:
        log.warning("the simulated cameras were not added: %s", error)
    else:
        mark.touch()


def _write(place: Path, content: dict[str, object]) -> None:
    place.touch(mode=0o600)
    place.write_text(json.dumps(content))
