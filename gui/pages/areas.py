"""The areas of settings in words and pictures: how the menu names what the pages say of themselves."""

from dataclasses import dataclass

from recorder.client.words import _


@dataclass(frozen=True)
class Area:
    """A group of settings pages."""

    name: str
    title: str
    icon: str
    words: str


AREAS: dict[str, Area] = {
    one.name: one
    for one in (
        Area("system", _("System"), "general", _("Name, date and time")),
        Area("camera", _("Cameras"), "camera", _("Add cameras, change their streams")),
        Area("storage", _("Recording"), "recording", _("Schedules, disks, how long to keep")),
        Area("network", _("Network"), "network", _("Addresses and access")),
        Area("event", _("Event rules"), "settings", _("What raises an alarm, what follows")),
        Area("account", _("Users"), "user", _("Who may see and change what")),
    )
}


def area(name: str) -> Area:
    """Give an area; one that is new here still has a name and an icon."""
    return AREAS.get(name) or Area(name, name.replace("_", " ").capitalize(), "settings", "")
