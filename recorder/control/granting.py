"""What people are granted of live and recorded pictures, and when it ends: with their hours, or with their rights."""

from collections.abc import Sequence

from recorder.accounts.hours import Hours
from recorder.client.clock import Clock
from recorder.client.grants import Grant
from recorder.client.instance import Instance
from recorder.control.mint import Mint
from recorder.settings.pages.directory_group import DirectoryGroup
from recorder.settings.pages.directory_login import DirectoryLogin
from recorder.settings.pages.general import General
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import UserGroup
from recorder.settings.settings import Changed, Settings
from recorder.sockets.running import Work

RIGHTS_PAGES = frozenset(
    page.about.name for page in (User, UserGroup, General, DirectoryGroup, DirectoryLogin, StreamUser)
)
"""With a change of them somebody may see less than before."""


class Granting:
    """One recorder's. Safe from any thread."""

    def __init__(self, instance: Instance, settings: Settings, clock: Clock) -> None:
        self._mint = Mint(instance)
        self._hours = Hours(settings, clock, self.void)

    def running(self) -> tuple[Work, ...]:
        """Give what runs for as long as control does."""
        return (self._hours.run,)

    def sign(self, grant: Grant) -> str:
        """Sign a grant."""
        return self._mint.sign(grant)

    def void(self) -> None:
        """End all that was granted until now: whoever may still have it asks anew."""
        self._mint.void()

    def settings_changed(self, changed: Sequence[Changed]) -> None:
        """End it where somebody may see less now."""
        if any(one.page in RIGHTS_PAGES for one in changed):
            self.void()
