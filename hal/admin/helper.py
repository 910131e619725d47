"""The root helper's service: nouns, who may ask what of them, the audit, and jobs that tell how far they are.

`{"op": "ask", "id", "noun", "verb", "args"}` is answered by `progress` lines, then `done` or `error`; `{"op": "cancel",
"id", "of"}` gives a job up, and so does hanging up.
"""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from hal.access import EVERYTHING, Access, Peer
from hal.admin.audit import Audit
from hal.admin.job import JOB, Job
from hal.admin.pace import Pace
from hal.errors import BadRequest, HalError, Refused
from hal.kinds.verbs import Verb, checked, verbs_of
from hal.server import Client, Server, error_line

ALLOWED: Mapping[str, frozenset[str]] = {
    "nightjar-control": EVERYTHING,
    "nightjar-hal": frozenset(
        {"disk.health", "disk.test", "disk.stop_test", "disk.spin_down", "slot.release", "slot.scan", "slot.light"}
        | {"array.lend", "array.set_pace", "array.verify", "stick.tell", "firmware.slots", "firmware.mark"}
    ),
}
"""By user of the target: what needs root in a driver, and everything for who has asked an owner."""
AT_ONCE = 16
"""Jobs of one user that are at work at once; further ones wait. Users do not wait for one another: drives that hang
and that hal asks how they are must not keep control from anything."""
log = logging.getLogger("hal.admin")


class Ask(msgspec.Struct, frozen=True, tag_field="op", tag="ask", forbid_unknown_fields=True):
    """Ask for something."""

    id: int
    noun: str
    verb: str
    args: dict[str, Any] = {}


class Cancel(msgspec.Struct, frozen=True, tag_field="op", tag="cancel", forbid_unknown_fields=True):
    """Give up what was asked by request `of`."""

    id: int
    of: int


class List(msgspec.Struct, frozen=True, tag_field="op", tag="verbs", forbid_unknown_fields=True):
    """What can be asked."""

    id: int


Request = Ask | Cancel | List


class Helper(Server[Request]):
    """Serves the nouns."""

    def __init__(
        self, nouns: Mapping[str, object], audit: Audit, access: Access | None = None, pace: Pace | None = None
    ) -> None:
        super().__init__(msgspec.json.Decoder(Request))
        self._nouns = nouns
        self._audit = audit
        self._access = access or Access(ALLOWED)
        self._pace = pace or Pace()
        self._jobs: dict[tuple[int, int], Job] = {}
        self._threads: dict[int, ThreadPoolExecutor] = {}
        """By user."""

    def take(self, client: Client, request: Request) -> None:
        """Begin what was asked, or give it up."""
        match request:
            case List():
                self._access.require_known(client.peer)
                verbs = [f"{name}.{verb}" for name, noun in self._nouns.items() for verb in verbs_of(type(noun))]
                client.send(msgspec.json.encode({"op": "done", "id": request.id, "result": verbs}))
            case Cancel():
                if (under_way := self._jobs.get((id(client), request.of))) is None:
                    raise BadRequest(f"Request {request.of} is not under way")
                under_way.cancelled.set()
                client.send(msgspec.json.encode({"op": "done", "id": request.id, "result": None}))
            case Ask():
                self._begin(client, request)

    def _begin(self, client: Client, request: Ask) -> None:
        client.require_room(request.id)
        verb = self._verb(request)
        self._check(client.peer, request, verb)
        try:
            arguments = checked(verb, request.args)
        except BadRequest as error:
            self._audit.write("refused", client.peer, request.noun, request.verb, request.args, str(error))
            raise
        if verb.destructive:
            for_owners = self._access.may_everything(client.peer)
            self._audit.write("asked", client.peer, request.noun, request.verb, request.args, for_owners=for_owners)
        client.begin(request.id, self._answer(client, request, verb, arguments))

    def _verb(self, request: Ask) -> Verb:
        noun = self._nouns.get(request.noun)
        found = verbs_of(type(noun)).get(request.verb) if noun is not None else None
        if found is None:
            raise BadRequest(f"Nobody can be asked to {request.verb[:32]!r} a {request.noun[:32]!r}")
        return found

    def _check(self, peer: Peer, request: Ask, verb: Verb) -> None:
        try:
            self._access.check(peer, request.noun, str(request.args.get("disk", ""))[:32], verb)
            if verb.destructive and not self._access.may_everything(peer):
                self._pace.require_room(peer.user, f"{request.noun}.{verb.name}")
        except Refused as error:
            self._audit.write("refused", peer, request.noun, request.verb, request.args, str(error))
            raise

    async def _answer(self, client: Client, request: Ask, verb: Verb, arguments: dict[str, Any]) -> None:
        def tell(percent: float, words: str) -> None:
            line = {"op": "progress", "id": request.id, "percent": percent, "words": words}
            self.soon(client.send, msgspec.json.encode(line))

        place = (id(client), request.id)
        here = self._jobs[place] = Job(tell)
        try:
            work = (self._work, here, client.peer, request, verb, arguments)
            result = await asyncio.get_running_loop().run_in_executor(self._of(client.peer), *work)
        except asyncio.CancelledError:
            here.cancelled.set()  # its client hung up; the thread ends in order
            raise
        except (HalError, OSError) as error:
            client.send(error_line(request.id, str(error)))
        except Exception:
            log.exception("%s %s: a mistake in the helper", request.noun, request.verb)
            client.send(error_line(request.id, "a mistake in the helper; see the log"))
        else:
            client.send(msgspec.json.encode({"op": "done", "id": request.id, "result": result}))
        finally:
            del self._jobs[place]

    def _of(self, peer: Peer) -> ThreadPoolExecutor:
        """Give the threads of a user; those who may ask for something are a few."""
        if peer.uid not in self._threads:
            self._threads[peer.uid] = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"for-{peer.user}")
        return self._threads[peer.uid]

    def _work(self, here: Job, peer: Peer, request: Ask, verb: Verb, arguments: dict[str, Any]) -> Any:
        """Do it, in a thread of its own; how it ended stands in the audit before anybody is told."""
        JOB.set(here)
        words = "a mistake in the helper; see the log"
        try:
            result = getattr(self._nouns[request.noun], request.verb)(**arguments)
            words = ""
        except (HalError, OSError) as error:
            words = str(error)
            raise
        finally:
            if verb.destructive:
                ended = "failed" if words else "done"
                for_owners = self._access.may_everything(peer)
                told = (request.noun, request.verb, request.args, words)
                self._audit.write(ended, peer, *told, for_owners=for_owners)
        return result
