"""What happens while it happens, and the list of what happened."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO
from urllib.parse import urlencode

import msgspec

from recorder.client import answers
from recorder.client.calls.carrier import ROOT, Carrier, which
from recorder.client.errors import Unavailable
from recorder.client.happened import AlarmState, EventKind, EventPage, Happened
from recorder.client.unix_http import ApiError


class EventCalls(Carrier):
    """Listens, and searches."""

    def events(self) -> Iterator[answers.Event]:
        """Give events as they happen, a `status` at once and every few seconds; raises `Unavailable` when it ends."""
        from websockets.exceptions import InvalidStatus, WebSocketException
        from websockets.sync.client import unix_connect

        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            with unix_connect(
                str(self.path), f"ws://localhost{ROOT}/events", additional_headers=headers, compression=None
            ) as stream:
                for message in stream:
                    yield msgspec.json.decode(message, type=answers.Event)
        except InvalidStatus as error:
            words = "The event stream was refused."
            raise ApiError(error.response.status_code, "Refused", words) from error
        except (OSError, WebSocketException) as error:
            raise Unavailable(process="control") from error
        raise Unavailable(process="control")

    def happened(
        self,
        *,
        sources: Sequence[str] = (),
        channels: Sequence[int] = (),
        start_us: int | None = None,
        end_us: int | None = None,
        text: str = "",
        going_on: bool = False,
        states: Sequence[AlarmState] = (),
        pinned: bool = False,
        muted: bool = True,
        grouped: bool = False,
        before: int | None = None,
        limit: int = 100,
    ) -> EventPage:
        """Events that touch a time, the newest first; `before` of an answer asks for those that follow.

        `states` are those of alarms; without `muted` what one muted is left out; `grouped` gives the newest of each
        group alone.
        """
        asked: dict[str, Any] = {"text": text, "limit": limit, "going_on": going_on, "pinned": pinned}
        asked |= {"muted": muted, "grouped": grouped}
        if sources:
            asked["sources"] = ",".join(sources)
        if states:
            asked["states"] = ",".join(states)
        if before is not None:
            asked["before"] = before
        return self._get(EventPage, "/events", {**which(channels, start_us, end_us), **asked})

    def event_kinds(self) -> list[EventKind]:
        """The kinds of events that there are."""
        return self._get(list[EventKind], "/events/kinds")

    def event(self, number: int) -> Happened:
        """One event with what followed, what people wrote and what is to be done."""
        return self._get(Happened, f"/events/{number}")

    def export_events(self, into: BinaryIO, **asked: str | int) -> int:
        """Write the list of events as CSV into an open file; gives its bytes. `asked` as the route has it."""
        return self._copy(f"/events/csv?{urlencode(asked)}", into)
