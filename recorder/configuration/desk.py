"""The configuration as a whole, in control: what an administrator asks of it."""

from collections.abc import Callable

from recorder.client.answers.configuration import Extent
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.configuration.reset_flag import ask_for, withdraw
from recorder.settings.settings import Author, Settings

ASKED = {
    Extent.SETTINGS: _("a reset of all settings but users and network was asked for"),
    Extent.USERS: _("a reset of all settings and users was asked for"),
    Extent.EVERYTHING: _("a reset of everything but recordings was asked for"),
}


class NotWritten(NightjarError):
    """The recorder's own disk takes nothing."""

    status = 507
    words = _("The recorder's own disk cannot be written: {problem}. Nothing was changed.")


class UpdateGoesOn(NightjarError):
    """Both start the recorder anew, and neither may come between the other's steps."""

    status = 409
    words = _("The recorder is being updated. Wait for the end of it.")


class ConfigurationDesk:
    """Called in threads."""

    def __init__(
        self,
        instance: Instance,
        settings: Settings,
        updating: Callable[[], bool],
        leave: Callable[[], object],
        restart: Callable[[], object],
    ) -> None:
        """`leave` has control start anew, `restart` the machine; that one raises `NightjarError`."""
        self._instance = instance
        self._settings = settings
        self._updating = updating
        self._leave = leave
        self._restart = restart

    def reset(self, extent: Extent, author: Author) -> None:
        """Take settings away, at the start that follows at once; raises `UpdateGoesOn`, `NotWritten`.

        Also what the machine says where it is to start anew and does not.
        """
        if self._updating():
            raise UpdateGoesOn
        self._settings.noted("configuration", "", ASKED[extent], author)
        config = self._instance.config
        try:
            ask_for(config, extent)
        except OSError as error:
            raise NotWritten(problem=error.strerror or error) from None
        if extent is not Extent.EVERYTHING:
            self._leave()
            return
        try:
            self._restart()
        except NightjarError:
            withdraw(config)
            raise
