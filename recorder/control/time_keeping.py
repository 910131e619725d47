"""Which time server the recorder's clock follows, on the target: hal-admin says it to chrony as the page says it."""

from dataclasses import dataclass

from hal.client.admin import AdminClient
from recorder.client.words import _
from recorder.control.wishes import Wish
from recorder.settings.pages.date_time import DateTime
from recorder.settings.settings import Settings


@dataclass(frozen=True)
class Followed:
    """The servers that are asked, and how often; none where the clock is set by hand."""

    servers: tuple[str, ...]
    every_min: int


def _wanted(settings: Settings) -> Followed:
    page = settings.get(DateTime)
    return Followed((page.time_server,) if page.network_time and page.time_server else (), page.time_interval_min)


def _ask(helper: AdminClient, wanted: Followed) -> None:
    helper.ask("clock", "follow", servers=wanted.servers, every_min=wanted.every_min)


def _trouble(wanted: Followed, problem: str) -> tuple[str, str, str]:
    del wanted
    return "clock", "time", _("The clock does not follow the time server: {problem}").format(problem=problem)


TIME = Wish((DateTime,), _wanted, _ask, _trouble)
