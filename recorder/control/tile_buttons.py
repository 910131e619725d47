"""Buttons on tiles: which there are, and what happens when somebody presses one."""

from collections.abc import Callable

from anyio.to_thread import run_sync

from recorder.client.answers import Output, TileButton
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.terminals import Terminals
from recorder.settings.pages import tile_button as page
from recorder.settings.settings import Author, Settings


class NoButton(NightjarError):
    """The tile of this camera has no button."""

    status = 409
    words = _("The tile of camera {channel} has no button. Choose an output for it on the page Button on the tile.")


class TileButtons:
    """Answers what the API is asked about buttons on tiles."""

    def __init__(self, terminals: Terminals, settings: Settings, known: Callable[[int], object]) -> None:
        """`known` raises `NotFound` for a channel that is not there."""
        self._terminals = terminals
        self._settings = settings
        self._known = known

    def all(self) -> tuple[TileButton, ...]:
        """Those of all channels; called in a thread."""
        return tuple(
            TileButton(int(one.item), self._label(one.values), self._question(one.values))
            for one in sorted(self._settings.items(page.TileButton), key=lambda one: int(one.item))
            if one.values.output
        )

    async def press(self, channel: int, author: Author) -> Output:
        """Press one: its output goes on, or off where it is on and stays on. Raises as `switch` of it, `NoButton`."""

        def found() -> page.TileButton:
            self._known(channel)
            return self._settings.get(page.TileButton, str(channel))

        button = await run_sync(found)
        if not button.output:
            raise NoButton(channel=channel)
        done = await self._terminals.press(button.output)
        words = _("{label}: {output} switched {state}").format(
            label=self._label(button), output=button.output, state=_("on") if done.closed else _("off")
        )
        await run_sync(self._settings.noted, page.TileButton.about.name, str(channel), words, author)
        return done

    def _label(self, button: page.TileButton) -> str:
        named = self._terminals.title("relay", button.output) or button.output
        return button.label or _("Switch {output}").format(output=named)

    def _question(self, button: page.TileButton) -> str:
        """What is asked first; empty: nothing."""
        warned = self._terminals.warning(button.output)
        return warned or (_("It switches {output}.").format(output=button.output) if button.ask else "")
