"""Channels: numbered, added by the address of a stream, changed and removed (D-CAM-03, D-CAM-04)."""

import threading
from collections.abc import Mapping
from typing import Any

from recorder.client.errors import NightjarError, NotFound
from recorder.client.words import _
from recorder.settings.errors import BadSetting, OutOfRange
from recorder.settings.pages.channel import Channel
from recorder.settings.rights import EVERY, MOST_CHANNELS
from recorder.settings.scope import Scope
from recorder.settings.settings import Author, Settings, Stored


class ChannelTaken(NightjarError):
    """Another camera has this number."""

    status = 409
    words = _("Channel {number} is in use. Choose another number, or none to take the next free one.")


class NoFreeChannel(NightjarError):
    """All numbers are in use."""

    status = 409
    words = _("All {count} channels are in use. Remove one first.")


class Channels:
    """The channels of the recorder. Safe from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._adding = threading.Lock()

    def all(self) -> dict[int, Stored[Channel]]:
        """All channels by number, in order."""
        found = {int(one.item): one for one in self._settings.items(Channel)}
        return dict(sorted(found.items()))

    def get(self, number: int) -> Stored[Channel]:
        """Give one channel; raises `NotFound`."""
        try:
            return self._settings.read(Channel, str(number))
        except NotFound:
            raise NotFound(what=_("channel {number}").format(number=number)) from None

    def add(self, values: Mapping[str, Any], author: Author, number: int | None = None) -> tuple[int, Stored[Channel]]:
        """Add a channel at a number, or at the first free one, of those that its author may know.

        Raises `BadSetting`, `ChannelTaken`, `NoFreeChannel`.
        """
        if number is not None and not 1 <= number <= MOST_CHANNELS:
            raise OutOfRange(
                field="number",
                title=_("Channel"),
                problem=_("It is out of range."),
                allowed=_("{low} to {high}").format(low=1, high=MOST_CHANNELS),
            )
        may = EVERY if author.rights is None else author.rights.known
        if number is not None and number not in may:
            raise NoFreeChannel(count=MOST_CHANNELS)
        with self._adding:
            taken = self.all()
            if number is not None and number in taken:
                raise ChannelTaken(number=number)
            chosen = number or next((one for one in sorted(may) if one not in taken), None)
            if chosen is None:
                raise NoFreeChannel(count=MOST_CHANNELS)
            if "url" not in values:
                raise BadSetting(field="url", title=_("Main stream"), problem=_("It must be given."))
            return chosen, self._settings.change(Channel, values, author, item=str(chosen))

    def change(
        self, number: int, values: Mapping[str, Any], author: Author, revision: int | None = None
    ) -> Stored[Channel]:
        """Change fields of a channel; raises `NotFound`, `BadSetting`, `Conflict`."""
        self.get(number)
        return self._settings.change(Channel, values, author, item=str(number), revision=revision, must_exist=True)

    def remove(self, number: int, author: Author) -> None:
        """Remove a channel with all its settings; raises `NotFound`."""
        self.get(number)
        self._settings.remove_item(Scope.CHANNEL, str(number), author)
