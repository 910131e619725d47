"""The buttons of a page: typed parameters in, progress while it works, a changed page or a result out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict

from recorder.client.errors import NightjarError, Unavailable
from recorder.client.words import _


class Cancelled(NightjarError):
    """An action was stopped before its end."""

    status = 409
    words = _("It was cancelled.")


class Parameters(BaseModel):
    """What a button asks for; fields are declared by `setting`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Ask = Callable[[str, dict[str, Any], str], dict[str, Any]]
"""Asks a process of the recorder: (process, message, `op` of the answer) → the answer; raises `NightjarError`."""


Root = Callable[[str, str, dict[str, Any]], Any]
"""Asks the root helper: (noun, verb, arguments) → what it gives; raises `NightjarError`."""


Change = Callable[[Any, Mapping[str, Mapping[str, Any]]], None]
"""Changes items of a page, all or none: (page, values by item); raises `Refused`, `NotFound`, `BadSetting`."""


def _nobody(process: str, message: dict[str, Any], answer: str) -> dict[str, Any]:
    del message, answer
    raise Unavailable(process=process)


def _nobody_is_root(noun: str, verb: str, arguments: dict[str, Any]) -> Any:
    del noun, verb, arguments
    raise Unavailable(process="hal-admin")


def _nothing(page: Any, values: Mapping[str, Mapping[str, Any]]) -> None:
    del values
    raise Unavailable(process=page.about.name)


class Run:
    """One run of an action: how far it is, and whether it shall stop. Used from the action's own thread.

    `item` is whose page it is, as in `Stored`; `ask` reaches the other processes, `root` the root helper; `change`
    changes another page in the name of whoever pressed the button.
    """

    def __init__(
        self,
        told: Callable[[int, int, str], None],
        item: str = "",
        ask: Ask = _nobody,
        change: Change = _nothing,
        root: Root = _nobody_is_root,
    ) -> None:
        self.item = item
        self.ask = ask
        self.root = root
        self.change = change
        self._told = told
        self._cancel = Event()

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Say how far it is; raises `Cancelled` when nobody wants it any more."""
        if self._cancel.is_set():
            raise Cancelled
        self._told(done, total, words)

    def cancel(self) -> None:
        """Make the next `progress` end it."""
        self._cancel.set()


@dataclass(frozen=True)
class Action:
    """A button: `perform(page, run, parameters)` gives the changed page, a dict of results, or nothing."""

    name: str
    title: str
    confirm: str
    parameters: type[Parameters]
    perform: Callable[[Any, Run, Any], Any]


def action(*, title: str, confirm: str = "") -> Callable[[Callable[..., Any]], Action]:
    """Make a method of a page a button. Its third argument's type, if it has one, is a `Parameters` class.

    `confirm` is a question asked first.
    """

    def make(method: Callable[..., Any]) -> Action:
        hints = [kind for name, kind in get_type_hints(method).items() if name != "return"]
        wanted = next((kind for kind in hints if isinstance(kind, type) and issubclass(kind, Parameters)), None)

        def perform(page: Any, run: Run, parameters: Any) -> Any:
            return method(page, run) if wanted is None else method(page, run, parameters)

        return Action(method.__name__.replace("_", "-"), title, confirm, wanted or Parameters, perform)

    return make
