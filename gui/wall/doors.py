"""Where the wall and playback lead, and what they are told from outside: the app implements it, tests fake it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from recorder.client.answers import StickStatus, TileButton


class Doors(Protocol):
    """The rest of the screen. Every method returns at once; what asks for a login first does so by itself."""

    @property
    def zone(self) -> tzinfo:
        """The zone of the recorder, in which all times are shown."""
        ...

    @property
    def control_lost_since_us(self) -> int | None:
        """Since when control does not answer (UTC); None while it does."""
        ...

    @property
    def unrecorded_since_us(self) -> int | None:
        """Since when nothing is recorded though cameras are to be (UTC); None while that is not so."""
        ...

    @property
    def ports(self) -> Mapping[int, str]:
        """What is seen of cameras at the recorder's own ports, by channel: `Port 3: 4.2 W · 10.1.1.13`."""
        ...

    @property
    def hidden(self) -> frozenset[int]:
        """The channels that are not shown to who stands before the screen."""
        ...

    @property
    def domes(self) -> Collection[int]:
        """The channels whose cameras turn."""
        ...

    @property
    def wall_mains(self) -> Collection[int]:
        """The channels whose main stream the wall takes however small its tiles are."""
        ...

    @property
    def buttons(self) -> Sequence[TileButton]:
        """The buttons of tiles."""
        ...

    @property
    def simulation(self) -> bool:
        """Whether simulated cameras can be tried."""
        ...

    @property
    def network(self) -> str:
        """One line about the network, such as "Network: 192.168.1.20"; "" where nothing is known."""
        ...

    @property
    def sticks(self) -> Sequence[StickStatus]:
        """The USB sticks that are in."""
        ...

    @property
    def exports(self) -> Path:
        """The folder where exports go unless another is chosen."""
        ...

    def press(self, button: TileButton) -> None:
        """Press the button of a tile, after its question."""
        ...

    def main_menu(self) -> None:
        """Open the main menu."""
        ...

    def add_camera(self) -> None:
        """Open the form for a new channel."""
        ...

    def try_simulated(self) -> None:
        """Add the simulated cameras."""
        ...

    def enter_password(self, channel: int) -> None:
        """Ask for user and password of a channel."""
        ...

    def edit_address(self, channel: int) -> None:
        """Open the settings of a channel at its address."""
        ...

    def channel_settings(self, channel: int) -> None:
        """Open the settings of a channel."""
        ...

    def storage_settings(self) -> None:
        """Open the storage page."""
        ...

    def health(self) -> None:
        """Open the page that says whether all is well."""
        ...

    def try_now(self, channel: int) -> None:
        """Have media connect to a camera at once instead of at its next turn."""
        ...

    def accept_certificate(self, channel: int) -> None:
        """Trust the certificate that a camera shows now, after a question."""
        ...

    def help(self, title: str, words: str) -> None:
        """Show a sheet with an explanation."""
        ...

    def snapshot(self, channel: int) -> None:
        """Save the picture of a channel as a file, and say where."""
        ...

    def toggle_recording(self, channel: int) -> None:
        """Record round the clock, or by the schedule again."""
        ...

    def recording_mode(self, channel: int) -> None:
        """Open the settings of how a channel records."""
        ...

    def ptz(self, channel: int, name: str) -> None:
        """Open the panel that steers the dome of a channel."""
        ...

    def playback(self, channel: int | None = None, at_us: int | None = None) -> None:
        """Open playback, of a channel and at a time where given."""
        ...

    def last_minutes(self, channel: int) -> None:
        """Play at once what a channel recorded in the last minutes, as many as the owner has set."""
        ...

    def choose_folder(self, start: Path, chosen: "Chosen") -> None:
        """Let the owner choose a folder; `chosen` is told, unless it was called off."""
        ...


class Chosen(Protocol):
    """Takes a folder that was chosen."""

    def __call__(self, folder: Path, /) -> None:
        """Take it."""
        ...
