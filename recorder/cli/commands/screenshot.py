"""A picture of the local screen."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.client.errors import NightjarError

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


PATIENCE_S = 15.0
"""Longer than the screen itself takes to say that it is busy."""


class NotShown(NightjarError):
    """The screen gives no picture of itself."""

    words = "{words}"


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("screenshot", parents=[shared], help="save what the screen shows as a PNG")
    one.add_argument("file", type=Path)
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Ask the screen for its picture and write it."""
    import base64

    from recorder.cli.connection import socket
    from recorder.cli.files import write_file
    from recorder.client.errors import Busy, Unavailable
    from recorder.client.wire import BlockingConnection

    try:
        with BlockingConnection(str(socket(asked, "gui")), PATIENCE_S) as screen:
            answer = screen.request({"op": "screenshot"})
    except TimeoutError as error:
        raise Busy(process="gui") from error
    except OSError as error:
        raise Unavailable(process="gui") from error
    if answer.get("op") == "error":
        raise NotShown(words=answer.get("words"))
    write_file(asked.file, base64.b64decode(answer["png"]))
