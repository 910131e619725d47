"""What others may reach beside the web server: which servers run, and which ports the firewall has open for them.

What hal-admin is asked for are the ports of what an owner switched on; control alone may ask it.
"""

from hal.client.admin import AdminClient
from recorder.client.words import _
from recorder.control.wishes import Wish
from recorder.settings.pages.restreaming import Restreaming
from recorder.settings.settings import Settings

Ports = tuple[int, ...]


def _wanted(settings: Settings) -> Ports:
    page = settings.get(Restreaming)
    return tuple(port for port in (page.port, page.tls_port) if port) if page.enabled else ()


def _ask(helper: AdminClient, ports: Ports) -> None:
    helper.ask("firewall", "apply", openings=[{"port": port} for port in ports])
    helper.ask("service", "switch", name="rtsp", on=bool(ports))


def _trouble(ports: Ports, problem: str) -> tuple[str, str, str] | None:
    words = _("Live streams may not be reached: {problem}").format(problem=problem)
    return ("network", "rtsp", words) if ports else None


DOORS = Wish((Restreaming,), _wanted, _ask, _trouble)
