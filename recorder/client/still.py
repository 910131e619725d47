"""One picture that decode was asked for: the JPEG file, or why there is none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True)
class Still:
    """One picture as a JPEG file; `at_us` is when it was taken (UTC)."""

    at_us: int
    jpeg: bytes


class NoStill(NightjarError):
    """The picture asked for does not exist or cannot be decoded."""

    status = 404
    words = _("{problem}")


def settle(waiting: "Future[Still]", answer: Still | NightjarError) -> None:
    """Answer whoever waits, unless they gave up: then the future refuses to be set."""
    if not waiting.set_running_or_notify_cancel():
        return
    if isinstance(answer, Still):
        waiting.set_result(answer)
    else:
        waiting.set_exception(answer)
