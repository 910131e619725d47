"""One client of `reader.sock`: what it may ask, and what it is answered."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from recorder.client.errors import Invalid, NightjarError
from recorder.client.tap import Credit, Failed, Opened, Subscribe
from recorder.client.words import _
from recorder.reader.answers import Answers
from recorder.reader.exports import ExportProgress, ExportRequest
from recorder.reader.file_play import FileSubscription, ReadFile
from recorder.reader.play import RecordedSubscription
from recorder.reader.questions import Days, Disk, Export, Moment, Month, Notes, Recording, Search, Stretch
from recorder.reader.service import Reader
from recorder.reader.subscription import Subscription
from recorder.sockets.connection import Connection
from recorder.sockets.request import read

log = logging.getLogger(__name__)

MOST_SUBSCRIPTIONS = 64
MOST_QUESTIONS = 256
MOST_CREDIT = 1 << 40
QUESTIONS: Mapping[str, tuple[type[Any], Callable[[Answers, Any], Coroutine[Any, Any, dict[str, Any]]]]] = {
    "spans": (Stretch, Answers.spans),
    "gaps": (Stretch, Answers.gaps),
    "days": (Month, Answers.days),
    "holds": (Notes, Answers.holds),
    "tags": (Notes, Answers.tags),
    "completeness": (Days, Answers.completeness),
    "missing_keys": (Disk, Answers.missing_keys),
    "pictures": (Stretch, Answers.pictures),
    "picture": (Moment, Answers.picture),
    "motion": (Search, Answers.motion),
}
"""What our own processes ask, by the message."""


class ReaderClient:
    """The session of one connection (`recorder.sockets.connection.Session`)."""

    def __init__(self, connection: Connection, reader: Reader) -> None:
        self._connection = connection
        self._reader = reader
        self._answers = Answers(reader)
        self._subscriptions: dict[int, Subscription[Any]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._jobs: set[str] = set()
        self._sees_all_jobs = False
        reader.exports.followers.append(self._progress)

    def received(self, message: dict[str, Any]) -> None:
        """Do what a message asks."""
        match message["op"]:
            case "subscribe":
                self._subscribe(read(message, Subscribe))
            case "credit":
                self._credit(read(message, Credit))
            case "unsubscribe":
                self._unsubscribe(message.get("id"))
            case op if op in QUESTIONS:
                kind, answer = QUESTIONS[op]
                asked = self._question(message, kind)
                self._answer(asked.id, answer(self._answers, asked))
            case "file_days":
                days = self._granted(read(message, Recording), message)
                self._answer(days.id, self._answers.file_days(days))
            case "files":
                files = self._granted(read(message, Recording), message)
                self._answer(files.id, self._answers.files(files))
            case "file":
                self._file(read(message, ReadFile))
            case "export":
                self._export(read(message, Export))
            case "export_cancel":
                self._connection.peer.require_steering(_("cancel an export"))
                self._reader.exports.cancel(str(message.get("job")))
            case "export_list":
                self._connection.peer.require_steering(_("see exports"))
                self._sees_all_jobs = True
                exports = self._reader.exports
                told = {"op": "exports", "id": message.get("id"), "jobs": exports.list(), "asked": exports.requests()}
                self._connection.send(told)
            case op:
                raise Invalid(problem=_("the reader does not know the message {op}").format(op=op))

    def drained(self) -> None:
        """Let subscriptions read on."""
        for subscription in self._subscriptions.values():
            subscription.drained()

    def closed(self) -> None:
        """Forget the client; its exports go on."""
        for subscription in list(self._subscriptions.values()):
            subscription.stop()
        self._subscriptions.clear()
        for task in self._asking:
            task.cancel()
        self._reader.exports.followers.remove(self._progress)

    def _granted(self, asked: Recording, message: dict[str, Any]) -> Recording:
        """Let through whom a grant lets see the stretch; without one only our own processes."""
        if not asked.grant:
            return self._question(message, Recording)
        grant = self._reader.verifier.verify(asked.grant)
        grant.check_recorded(asked.channel, asked.stream, asked.start_us, asked.end_us)
        if len(self._asking) >= MOST_QUESTIONS:
            raise Invalid(problem=_("too many questions at once"))
        return asked

    def _check_number(self, number: int) -> None:
        if not 0 <= number < 1 << 32 or len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Invalid(problem=_("a subscription number out of range, or too many subscriptions"))

    def _file(self, asked: ReadFile) -> None:
        self._check_number(asked.id)
        if asked.offset < 0 or asked.bytes <= 0:
            raise Invalid(problem=_("a range that is empty"))
        if asked.grant:
            grant = self._reader.verifier.verify(asked.grant)
            told = asked.file
            grant.check_recorded(asked.channel, asked.stream, told.start_us, told.end_us, audio=asked.audio)
        else:
            self._connection.peer.require_trust(_("see recordings without a grant"))
        self._begin(asked.id, FileSubscription(asked, self._connection, self._reader, self._over))

    def _subscribe(self, asked: Subscribe) -> None:
        if asked.from_us is None:
            raise Invalid(problem=_("the reader has recorded time only; live pictures are at media"))
        self._check_number(asked.id)
        if asked.grant:
            grant = self._reader.verifier.verify(asked.grant)
            grant.check_recorded(asked.channel, asked.stream, asked.from_us, asked.until_us, audio=asked.audio)
        else:
            self._connection.peer.require_trust(_("see recordings without a grant"))
        self._begin(asked.id, RecordedSubscription(asked, self._connection, self._reader, self._over))

    def _begin(self, number: int, subscription: Subscription[Any]) -> None:
        self._unsubscribe(number)
        self._subscriptions[number] = subscription
        self._connection.send(Opened(number))
        subscription.start()

    def _credit(self, credit: Credit) -> None:
        if not 0 < credit.bytes <= MOST_CREDIT:
            raise Invalid(problem=_("a credit out of range"))
        subscription = self._subscriptions.get(credit.id)
        # It may have ended while the credit was on its way.
        if subscription is not None:
            subscription.add_credit(credit.bytes)

    def _unsubscribe(self, number: object) -> None:
        subscription = self._subscriptions.pop(number, None) if isinstance(number, int) else None
        if subscription is not None:
            subscription.stop()

    def _over(self, number: int, subscription: object) -> None:
        if self._subscriptions.get(number) is subscription:
            del self._subscriptions[number]

    def _question(self, message: dict[str, Any], kind: type[Any]) -> Any:
        self._connection.peer.require_trust(_("ask what is recorded"))
        if len(self._asking) >= MOST_QUESTIONS:
            raise Invalid(problem=_("too many questions at once"))
        return read(message, kind)

    def _answer(self, number: int, question: Coroutine[Any, Any, dict[str, Any]]) -> None:
        async def ask() -> None:
            try:
                self._connection.send(await question)
            except NightjarError as error:
                self._connection.send(Failed(number, error.code, str(error)))
            except Exception:
                log.exception("A question failed")
                words = _("The question failed for a reason that nobody thought of; the log says more.")
                self._connection.send(Failed(number, "Unexpected", words))

        task = asyncio.get_running_loop().create_task(ask())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _export(self, asked: Export) -> None:
        if asked.grant:
            grant = self._reader.verifier.verify(asked.grant)
            for channel in asked.channels:
                heard = channel not in asked.silent
                grant.check_recorded(channel, asked.stream, asked.start_us, asked.end_us, audio=heard)
        # Even with a grant: who names a path on this machine must be one of our own processes.
        self._connection.peer.require_steering(_("export recordings"))
        if not asked.channels or asked.end_us <= asked.start_us or not Path(asked.path).is_absolute():
            raise Invalid(problem=_("an export needs channels, an end after its start, and a full path"))
        request = ExportRequest(
            asked.channels,
            asked.stream,
            asked.start_us,
            asked.end_us,
            asked.path,
            asked.names,
            asked.silent,
            asked.exported_by,
            asked.fetched,
        )
        job = self._reader.exports.start(request, asked.name)
        self._jobs.add(job)
        self._connection.send({"op": "exporting", "id": asked.id, "job": job})

    def _progress(self, progress: ExportProgress) -> None:
        if self._sees_all_jobs or progress.job in self._jobs:
            self._connection.send(progress)
