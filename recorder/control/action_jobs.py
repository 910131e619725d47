"""Running the buttons of pages: each in a thread of its own, with progress told as events, in a bounded list."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import ValidationError

from recorder.client.answers import ActionJob, JobState
from recorder.client.errors import NightjarError, NotFound, Refused
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.events import Events
from recorder.control.frames_call import ask
from recorder.control.machine_call import root
from recorder.settings.action import Action, Cancelled, Run
from recorder.settings.page import Page
from recorder.settings.pages.channel import Channel
from recorder.settings.refusal import refusal
from recorder.settings.rights import FULL
from recorder.settings.scope import Scope
from recorder.settings.settings import Author, Settings

log = logging.getLogger(__name__)

KEPT_JOBS = 100
AT_ONCE = 8
"""Each has a thread of its own: of those that all of control shares a small machine has five."""
FIRST_ANSWER_S = 1.0
"""A button that is done so soon answers with its end."""


class TooManyActions(NightjarError):
    """More buttons were pressed than are carried out at once."""

    status = 429
    words = _("{count} actions run already. Wait until one has ended.")


class ActionJobs:
    """All actions of this run. Belongs to the event loop."""

    def __init__(self, settings: Settings, events: Events, instance: Instance) -> None:
        self._instance = instance
        self._settings = settings
        self._events = events
        self._jobs: dict[str, ActionJob] = {}
        self._runs: dict[str, tuple[Run, asyncio.Task[None]]] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, "action")

    def get(self, job: str) -> ActionJob:
        """One job; raises `NotFound`."""
        try:
            return self._jobs[job]
        except KeyError:
            raise NotFound(what=_("action {job}").format(job=job)) from None

    async def begin(
        self, page: type[Page], action: Action, parameters: Mapping[str, Any], author: Author, item: str = ""
    ) -> ActionJob:
        """Press a button; raises `BadSetting` for parameters that do not fit, `NotFound`, `TooManyActions`."""
        try:
            given = action.parameters.model_validate(parameters)
        except ValidationError as error:
            raise refusal(action.parameters, error) from None
        before = await asyncio.to_thread(self._settings.get, page, item)
        if len(self._runs) >= AT_ONCE:
            raise TooManyActions(count=AT_ONCE)
        number = secrets.token_hex(6)
        loop = asyncio.get_running_loop()

        def progress(done: int, total: int, words: str) -> None:
            loop.call_soon_threadsafe(lambda: self._tell(number, done=done, total=total, words=words))

        self._forget_oldest()
        self._jobs[number] = ActionJob(number, page.about.name, action.name, JobState.RUNNING)

        def reach(process: str, message: dict[str, Any], answer: str) -> dict[str, Any]:
            return asyncio.run_coroutine_threadsafe(ask(self._instance, process, message, answer), loop).result()

        run = Run(progress, item, reach, partial(self._change, author), self._root)
        task = asyncio.create_task(self._perform(number, action, before, run, given, author, item))
        self._runs[number] = (run, task)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_ANSWER_S):
                await asyncio.shield(task)
        return self._jobs[number]

    def _change(self, author: Author, page: type[Page], values: Mapping[str, Mapping[str, Any]]) -> None:
        """Change items of another page, all or none, with the author's rights."""
        rights = FULL if author.rights is None else author.rights
        if not rights.allow(page.about.permission):
            raise Refused(what=_("log in with an account that has the right to it"))
        if page.about.scope is Scope.CHANNEL:
            known = {one.item for one in self._settings.items(Channel) if int(one.item) in rights.known}
            for item in values:
                if item not in known:
                    raise NotFound(what=_("channel {number}").format(number=item))
        self._settings.change_several(page, values, author)

    def _root(self, noun: str, verb: str, arguments: dict[str, Any]) -> Any:
        with root(self._instance) as helper:
            return helper.ask(noun, verb, **arguments)

    def close(self) -> None:
        """Ask all running actions to stop."""
        for run, _task in self._runs.values():
            run.cancel()
        self._threads.shutdown(wait=False)

    async def _perform(
        self, number: str, action: Action, before: Page, run: Run, given: Any, author: Author, item: str
    ) -> None:
        try:
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(self._threads, action.perform, before, run, given)
            if isinstance(result, Page):
                await asyncio.to_thread(self._settings.replace, result, author, item=item)
                result = None
            self._tell(number, state=JobState.DONE, result=result or {})
        except Cancelled as error:
            self._tell(number, state=JobState.CANCELLED, words=str(error))
        except NightjarError as error:
            self._tell(number, state=JobState.FAILED, words=str(error))
        except Exception:
            log.exception("The action %s failed", action.name)
            self._tell(number, state=JobState.FAILED, words=str(NightjarError()))
        finally:
            self._runs.pop(number, None)

    def _tell(self, number: str, **changes: Any) -> None:
        job = self._jobs.get(number)
        if job is not None and not job.state.over:
            self._jobs[number] = replace(job, **changes)
            self._events.publish("action", self._jobs[number])

    def _forget_oldest(self) -> None:
        over = [number for number, job in self._jobs.items() if job.state.over]
        for number in over[: max(0, len(self._jobs) - KEPT_JOBS + 1)]:
            del self._jobs[number]
