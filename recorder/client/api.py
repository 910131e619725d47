"""The API client of the screen and the command line: one method per route, typed answers, errors with words.

Calls block, and are safe from any thread: each has a connection of its own. The routes are listed in
docs/reference/api.md. Times may be given as integers (UTC in microseconds).
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from http.client import HTTPException
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from recorder.client import answers
from recorder.client.detection import ChannelSeen
from recorder.client.errors import UNREADABLE, Unavailable
from recorder.client.happened import EventPage, Happened
from recorder.client.stream import StreamName
from recorder.client.unix_http import ApiError, BadAnswer, open_request

ROOT = "/api/v1"
OWN = "/sessions/current/credentials"
CHUNK = 1 << 18
PATIENT_S = 45.0
"""For what is asked of a simulator that starts, or of a disk that has to wake."""
A = TypeVar("A")

__all__ = ["ApiClient", "ApiError"]


class ApiClient:
    """Talks to control by one of its sockets: `control` as the owner, `screen` as the local screen.

    Every call raises `Unavailable` when control does not answer and `ApiError` when it refuses.
    """

    def __init__(self, path: Path, token: str = "", timeout_s: float = 10.0) -> None:
        """`path` is that of the socket; `token` is a session's and may be set later."""
        self.path = path
        self.token = token
        self.timeout_s = timeout_s

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing stays open between calls."""

    # --- the first run, and logins ---

    def wait_until_ready(self, within_s: float) -> None:
        """Return as soon as control answers; raises `Unavailable` when it does not in time."""
        until = time.monotonic() + within_s
        while True:
            try:
                self.setup_state()
            except Unavailable:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.05)
            else:
                return

    def setup_state(self) -> answers.SetupState:
        """Whether the administrator's password is still to be set."""
        return self._get(answers.SetupState, "/setup")

    def set_up(self, password: str, code: str = "") -> answers.Session:
        """Set the administrator's password (8 to 128 printable characters) and log in; keeps the token."""
        found = self._send(answers.Session, "POST", "/setup", {"password": password, "code": code})
        self.token = found.token
        return found

    def log_in(self, user: str, password: str) -> answers.Session:
        """Log in; keeps the token."""
        found = self._send(answers.Session, "POST", "/sessions", {"user": user, "password": password})
        self.token = found.token
        return found

    def session(self) -> answers.Session:
        """Who is logged in here."""
        return self._get(answers.Session, "/sessions/current")

    def log_out(self) -> None:
        """End the session and forget its token."""
        self._send(None, "DELETE", "/sessions/current")
        self.token = ""

    def change_password(self, old: str, new: str) -> None:
        """Change one's own password; one's other sessions end."""
        self._send(None, "PUT", "/sessions/current/password", {"old": old, "new": new})

    def recover(self, user: str, password: str, *, code: str = "", told: Mapping[str, str] | None = None) -> None:
        """Set a forgotten password anew with a one-time code, or at the screen with answers."""
        wanted = {"user": user, "password": password, "code": code, "answers": dict(told or {})}
        self._send(None, "POST", "/recovery", wanted)

    def questions(self, user: str = "") -> list[answers.Question]:
        """The questions that a user is asked; without a name all there are."""
        return self._get(list[answers.Question], "/recovery/questions", {"user": user})

    def see_resets(self, upto: int) -> None:
        """Say that the user was told of resets of passwords."""
        self._send(None, "PUT", "/sessions/current/seen-resets", {"upto": upto})

    # --- one's own credentials ---

    def credentials(self) -> answers.Credentials:
        """What one has set up beside the password."""
        return self._get(answers.Credentials, OWN)

    def new_recovery_codes(self, password: str) -> tuple[str, ...]:
        """Make one's one-time codes anew; they are told now alone."""
        return self._send(answers.RecoveryCodes, "POST", f"{OWN}/recovery-codes", {"password": password}).codes

    def set_questions(self, password: str, answered: Mapping[str, str]) -> None:
        """Choose questions; with no answers none are asked any more."""
        self._send(None, "PUT", f"{OWN}/questions", {"password": password, "answers": dict(answered)})

    # --- the audit ---

    def audit(
        self, *, who: str = "", page: str = "", text: str = "", before: int | None = None, limit: int = 100, **when: int
    ) -> list[answers.AuditEntry]:
        """Rows of the audit, the newest first; `start` and `end` (µs) bound their time."""
        asked = {"who": who, "page": page, "text": text, "limit": limit, **when}
        if before is not None:
            asked["before"] = before
        return self._get(list[answers.AuditEntry], "/audit", asked)

    def export_audit(self, into: BinaryIO) -> int:
        """Write all of the audit as CSV into an open file; gives its bytes."""
        return self._copy("/audit/export", into)

    def check_audit(self) -> answers.AuditCheck:
        """Walk the chain of the audit."""
        return self._get(answers.AuditCheck, "/audit/check")

    def clear_audit(self) -> answers.AuditCheck:
        """Clear the audit; a row stays that says who did."""
        return self._send(answers.AuditCheck, "DELETE", "/audit")

    # --- users ---

    def online(self) -> list[answers.OnlineUser]:
        """Who is logged in, and from where."""
        return self._get(list[answers.OnlineUser], "/sessions")

    def end_session(self, session: str) -> None:
        """Log somebody out."""
        self._send(None, "DELETE", f"/sessions/{quote(session, safe='')}")

    def api_keys(self, user: str) -> list[answers.ApiKey]:
        """List the keys of a user."""
        return self._get(list[answers.ApiKey], f"/users/{quote(user, safe='')}/keys")

    def make_api_key(
        self, user: str, title: str, may: Sequence[str], *, channels: str | Sequence[int] = "all", days: int = 365
    ) -> answers.ApiKey:
        """Make a key for a program of a user; its token is in this answer alone."""
        wanted: dict[str, Any] = {"title": title, "may": list(may), "days": days}
        wanted["channels"] = channels if isinstance(channels, str) else list(channels)
        return self._send(answers.ApiKey, "POST", f"/users/{quote(user, safe='')}/keys", wanted)

    def remove_api_key(self, user: str, key: str) -> None:
        """Remove a key."""
        self._send(None, "DELETE", f"/users/{quote(user, safe='')}/keys/{quote(key, safe='')}")

    def set_password(self, user: str, password: str, *, must_change: bool = True) -> None:
        """Set a user's password; with `must_change` he may do nothing before he has set his own."""
        wanted = {"password": password, "must_change": must_change}
        self._send(None, "PUT", f"/users/{quote(user, safe='')}/password", wanted)

    # --- how it is ---

    def status(self) -> answers.Status:
        """How the recorder is: processes, streams, disks."""
        return self._get(answers.Status, "/status")

    def devices(self) -> list[answers.Device]:
        """List the devices of the machine, and how they are."""
        return self._get(list[answers.Device], "/devices")

    def poe(self) -> list[answers.PoeSupply]:
        """List the PoE supplies with their ports."""
        return self._get(list[answers.PoeSupply], "/poe")

    def change_poe_port(self, supply: str, port: int, **wanted: Any) -> answers.PoeSupply:
        """Set `enabled`, `priority`, `mode` or `limit_watts` of a port."""
        return self._send(answers.PoeSupply, "PATCH", f"/poe/{quote(supply, safe='')}/ports/{port}", wanted)

    def restart_poe_port(self, supply: str, port: int) -> answers.PoeSupply:
        """Take a port's power away for two seconds."""
        return self._send(answers.PoeSupply, "POST", f"/poe/{quote(supply, safe='')}/ports/{port}/restart")

    def hardware(self) -> answers.Hardware:
        """The machine at one glance, in words."""
        return self._get(answers.Hardware, "/hardware")

    # --- bays and arrays ---

    def bays(self) -> list[answers.BayStatus]:
        """List the bays with their disks, and what is done with them."""
        return self._get(list[answers.BayStatus], "/bays")

    def locate_bay(self, bay: str, *, on: bool) -> answers.BayStatus:
        """Have the light of a bay show which one it is."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/locate", {"on": on})

    def scan_bay(self, bay: str) -> answers.BayStatus:
        """Look whether there is a disk in a bay, also one that was let go."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/scan")

    def check_disk(self, bay: str) -> answers.BayStatus:
        """Ask the drive in a bay how it is."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/check", patient=True)

    def test_disk(self, bay: str, *, extended: bool = False) -> answers.BayStatus:
        """Begin a self-test of the drive in a bay."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/test", {"extended": extended}, patient=True)

    def stop_disk_test(self, bay: str) -> answers.BayStatus:
        """Give up a self-test."""
        return self._send(answers.BayStatus, "DELETE", f"{_bay(bay)}/test", patient=True)

    def prepare_disk(self, bay: str, serial: str, **wanted: Any) -> answers.BayStatus:
        """Make the disk in a bay ready for recording, ALL ON IT IS LOST: `name`, `filesystem`, `size_bytes`.

        `job` of the bay says how far it is.
        """
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/prepare", {"serial": serial, **wanted})

    def release_disk(self, bay: str) -> answers.BayStatus:
        """Let go of the disk in a bay so that it can be pulled; `job` of the bay says how far it is."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/release")

    def cancel_bay_job(self, bay: str) -> answers.BayStatus:
        """Give up what is done with the disk in a bay."""
        return self._send(answers.BayStatus, "DELETE", f"{_bay(bay)}/job")

    def storage(self) -> answers.Storage:
        """All that is recorded to, in words: bays, arrays, disks elsewhere, pools."""
        return self._get(answers.Storage, "/storage")

    def arrays(self) -> list[answers.ArrayStatus]:
        """List the arrays of disks."""
        return self._get(list[answers.ArrayStatus], "/arrays")

    def set_array_pace(self, array: str, pace: str) -> answers.ArrayStatus:
        """Say who goes first while an array is rebuilt."""
        return self._send(answers.ArrayStatus, "PATCH", f"/arrays/{quote(array, safe='')}", {"pace": pace})

    def verify_array(self, array: str) -> answers.ArrayStatus:
        """Compare what the disks of an array hold."""
        return self._send(answers.ArrayStatus, "POST", f"/arrays/{quote(array, safe='')}/verify")

    # --- alarm inputs, outputs, domes ---

    def inputs(self) -> list[answers.AlarmInput]:
        """List the alarm inputs, and how each is."""
        return self._get(list[answers.AlarmInput], "/inputs")

    def outputs(self) -> list[answers.Output]:
        """List the outputs, the switched 12 V among them."""
        return self._get(list[answers.Output], "/outputs")

    def switch_output(self, name: str, *, closed: bool) -> answers.Output:
        """Switch an output until told otherwise."""
        return self._send(answers.Output, "PATCH", f"/outputs/{quote(name, safe='')}", {"closed": closed})

    def toggle_output(self, name: str) -> answers.Output:
        """Switch an output the other way."""
        return self._send(answers.Output, "POST", f"/outputs/{quote(name, safe='')}/toggle")

    def pulse_output(self, name: str, seconds: float) -> answers.Output:
        """Switch an output on; it goes off after this time."""
        return self._send(answers.Output, "POST", f"/outputs/{quote(name, safe='')}/pulse", {"seconds": seconds})

    def reset_outputs(self) -> list[answers.Output]:
        """Switch off all outputs but those that are set to be always on."""
        return self._send(list[answers.Output], "POST", "/outputs/reset")

    def ptz_lines(self) -> list[answers.PtzLine]:
        """List the lines that domes can hang at."""
        return self._get(list[answers.PtzLine], "/ptz/lines")

    def dome(self, channel: int) -> answers.Dome:
        """What the dome of a channel can do, and what it does."""
        return self._get(answers.Dome, f"/channels/{channel}/ptz")

    def move_dome(
        self,
        channel: int,
        *,
        pan: float = 0.0,
        tilt: float = 0.0,
        zoom: float = 0.0,
        focus: float = 0.0,
        iris: float = 0.0,
    ) -> None:
        """Move at shares of full speed, -1 to 1 (right, up, tele, far, open); ask again within 2 s to go on."""
        shares = {"pan": pan, "tilt": tilt, "zoom": zoom, "focus": focus, "iris": iris}
        self._send(None, "POST", f"/channels/{channel}/ptz/move", shares)

    def stop_dome(self, channel: int) -> None:
        """Stop all that moves."""
        self._send(None, "POST", f"/channels/{channel}/ptz/stop")

    def point_dome(self, channel: int, pan_degrees: float, tilt_degrees: float, zoom: float) -> None:
        """Have a dome look somewhere; refused where its protocol cannot."""
        place = {"pan_degrees": pan_degrees, "tilt_degrees": tilt_degrees, "zoom": zoom}
        self._send(None, "POST", f"/channels/{channel}/ptz/look", place)

    def call_preset(self, channel: int, preset: int) -> None:
        """Have a dome go to a preset."""
        self._send(None, "POST", f"/channels/{channel}/ptz/presets/{preset}/goto")

    def set_preset(self, channel: int, preset: int) -> None:
        """Keep where a dome looks now as a preset."""
        self._send(None, "PUT", f"/channels/{channel}/ptz/presets/{preset}")

    def name_preset(self, channel: int, preset: int, name: str) -> None:
        """Give a preset a name; an empty one forgets it."""
        self._send(None, "PATCH", f"/channels/{channel}/ptz/presets/{preset}", {"name": name})

    def clear_preset(self, channel: int, preset: int) -> None:
        """Forget a preset."""
        self._send(None, "DELETE", f"/channels/{channel}/ptz/presets/{preset}")

    def dome_action(self, channel: int, action: str, number: int = 0, second: int = 0) -> None:
        """Do one of the `actions` of a dome, with its number, and the preset of a tour as the second."""
        asked = {"action": action, "number": number, "second": second}
        self._send(None, "POST", f"/channels/{channel}/ptz/actions", asked)

    # --- events ---

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
        before: int | None = None,
        limit: int = 100,
    ) -> EventPage:
        """Events that touch a time, the newest first; `before` of an answer asks for those that follow."""
        asked: dict[str, Any] = {"text": text, "going_on": going_on, "limit": limit}
        if sources:
            asked["sources"] = ",".join(sources)
        if before is not None:
            asked["before"] = before
        return self._get(EventPage, "/events", {**_which(channels, start_us, end_us), **asked})

    def event(self, number: int) -> Happened:
        """One event with what followed."""
        return self._get(Happened, f"/events/{number}")

    # --- channels ---

    def channels(self) -> list[answers.Channel]:
        """All channels that the caller may see, by number."""
        return self._get(list[answers.Channel], "/channels")

    def channel(self, number: int) -> answers.Channel:
        """One channel."""
        return self._get(answers.Channel, f"/channels/{number}")

    def add_channel(self, **settings: Any) -> answers.Channel:
        """Add a channel: `name`, `url`, and if wanted `sub_url`, `user`, `password`, `number`, `transport`.

        Fields are those of the page `channel`. It records round the clock at once.
        """
        return self._send(answers.Channel, "POST", "/channels", settings)

    def change_channel(self, number: int, **settings: Any) -> answers.Channel:
        """Change fields of a channel; the others stay."""
        return self._send(answers.Channel, "PATCH", f"/channels/{number}", settings)

    def remove_channel(self, number: int) -> None:
        """Remove a channel and its settings; its footage stays until it is overwritten."""
        self._send(None, "DELETE", f"/channels/{number}")

    def add_simulated_cameras(self) -> list[answers.Channel]:
        """Put the simulated cameras on the wall; gives the channels that were added. They may have to be started."""
        return self._send(list[answers.Channel], "POST", "/simulation", patient=True)

    # --- recorded time ---

    def spans(
        self, channel: int, start_us: int, end_us: int, stream: StreamName = StreamName.MAIN
    ) -> list[answers.Span]:
        """Stretches of footage between two times, cut by record type, oldest first."""
        query = {"start": start_us, "end": end_us, "stream": stream.value}
        return self._get(list[answers.Span], f"/channels/{channel}/spans", query)

    def gaps(self, channel: int, start_us: int, end_us: int, stream: StreamName = StreamName.MAIN) -> list[answers.Gap]:
        """Holes in what was due between two times, each with its reason."""
        query = {"start": start_us, "end": end_us, "stream": stream.value}
        return self._get(list[answers.Gap], f"/channels/{channel}/gaps", query)

    def motion(self, channel: int, start_us: int, end_us: int, region: str = "") -> answers.MotionFound:
        """When something moved between two times in a region (`recorder.client.grid`; "" for all), and who looked."""
        query = {"start": start_us, "end": end_us, "region": region}
        return self._get(answers.MotionFound, f"/channels/{channel}/motion", query)

    def detection(self) -> list[ChannelSeen]:
        """What is seen on every channel now; empty while detection does not run."""
        return self._get(list[ChannelSeen], "/detection")

    def completeness(
        self,
        channels: Sequence[int],
        first: date,
        count: int = 1,
        *,
        stream: StreamName = StreamName.MAIN,
        hours: bool = False,
    ) -> list[answers.Day]:
        """How complete days of the recorder's zone are, by channel and day; with their hours where wanted."""
        query = {
            "channels": ",".join(map(str, channels)),
            "first": first.isoformat(),
            "count": count,
            "stream": stream.value,
            "hours": str(hours).lower(),
        }
        return self._get(list[answers.Day], "/completeness", query)

    def days(self, channels: Sequence[int], year: int, month: int) -> dict[int, list[int]]:
        """Days of a month, in the recorder's zone, on which each channel has footage."""
        query = {"channels": ",".join(map(str, channels)), "year": year, "month": month}
        return self._get(dict[int, list[int]], "/days", query)

    def snapshot(
        self, channel: int, at_us: int | None = None, stream: StreamName = StreamName.MAIN, width: int = 0
    ) -> bytes:
        """One picture as JPEG: live, or at a recorded time; `width` 0 is the stream's own."""
        query: dict[str, Any] = {"stream": stream.value, "width": width}
        if at_us is not None:
            query["at"] = at_us
        return self._call("GET", f"/channels/{channel}/snapshot", query=query)

    # --- pictures ---

    def pictures(self, channel: int, start_us: int, end_us: int) -> list[answers.Picture]:
        """The recorded pictures of a channel between two times, oldest first."""
        query = {"start": start_us, "end": end_us}
        return self._get(list[answers.Picture], f"/channels/{channel}/pictures", query)

    def picture(self, channel: int, at_us: int) -> bytes:
        """The newest recorded picture at or before a time, a JPEG file."""
        return self._call("GET", f"/channels/{channel}/pictures/{at_us}")

    def take_picture(self, channel: int, at_us: int | None = None, directory: Path | None = None) -> answers.Picture:
        """Take a picture of now, or of recorded time, and record it; with a directory a file is saved there too."""
        wanted = {"at": at_us, "directory": None if directory is None else str(directory)}
        return self._send(answers.Picture, "POST", f"/channels/{channel}/pictures", wanted)

    # --- locks and tags ---

    def holds(
        self,
        channels: Sequence[int] = (),
        start_us: int | None = None,
        end_us: int | None = None,
        *,
        over: bool = False,
    ) -> list[answers.Hold]:
        """Locks that touch a time, of some channels or all, oldest first; with `over` the ended ones, too."""
        return self._get(
            list[answers.Hold], "/holds", {**_which(channels, start_us, end_us), "over": str(over).lower()}
        )

    def add_hold(
        self,
        channel: int,
        start_us: int,
        end_us: int,
        reason: str,
        *,
        stream: StreamName | None = None,
        expires_us: int | None = None,
        kind: answers.HoldKind = answers.HoldKind.LOCK,
    ) -> answers.Hold:
        """Lock footage against being overwritten; without a stream all of the channel's."""
        wanted = {"channel": channel, "start": start_us, "end": end_us, "reason": reason, "kind": kind}
        return self._send(answers.Hold, "POST", "/holds", {**wanted, "stream": stream, "expires": expires_us})

    def change_hold(self, hold: str, expires_us: int | None) -> answers.Hold:
        """Let a lock expire at another time, None: never."""
        return self._send(answers.Hold, "PATCH", f"/holds/{quote(hold, safe='')}", {"expires": expires_us})

    def release_hold(self, hold: str, reason: str) -> answers.Hold:
        """End a lock."""
        return self._send(answers.Hold, "POST", f"/holds/{quote(hold, safe='')}/release", {"reason": reason})

    def tags(
        self, channels: Sequence[int] = (), start_us: int | None = None, end_us: int | None = None, *, text: str = ""
    ) -> list[answers.Tag]:
        """Tags that touch a time and have a text in their words, oldest first."""
        return self._get(list[answers.Tag], "/tags", {**_which(channels, start_us, end_us), "text": text})

    def add_tag(
        self, channel: int, start_us: int, words: str, end_us: int | None = None, *, stream: StreamName | None = None
    ) -> answers.Tag:
        """Put a tag on a moment, or on a stretch where an end is given."""
        wanted = {"channel": channel, "start": start_us, "end": end_us, "words": words, "stream": stream}
        return self._send(answers.Tag, "POST", "/tags", wanted)

    def rename_tag(self, tag: str, words: str) -> answers.Tag:
        """Give a tag other words."""
        return self._send(answers.Tag, "PATCH", f"/tags/{quote(tag, safe='')}", {"words": words})

    def remove_tag(self, tag: str) -> None:
        """Remove a tag."""
        self._send(None, "DELETE", f"/tags/{quote(tag, safe='')}")

    # --- exports ---

    def export(
        self,
        channels: Sequence[int],
        start_us: int,
        end_us: int,
        *,
        stream: StreamName = StreamName.MAIN,
        directory: Path | None = None,
    ) -> answers.ExportJob:
        """Begin an export to MP4, one file per channel; without a directory it lands where exports go."""
        wanted = {"channels": list(channels), "start": start_us, "end": end_us, "stream": stream.value}
        if directory is not None:
            wanted["directory"] = str(directory)
        return self._send(answers.ExportJob, "POST", "/exports", wanted)

    def exports(self) -> list[answers.ExportJob]:
        """All exports of this run."""
        return self._get(list[answers.ExportJob], "/exports")

    def export_job(self, job: str) -> answers.ExportJob:
        """How far an export is."""
        return self._get(answers.ExportJob, f"/exports/{job}")

    def cancel_export(self, job: str) -> None:
        """Stop an export; what it wrote is removed."""
        self._send(None, "DELETE", f"/exports/{job}")

    def download_export(self, job: str, into: BinaryIO, name: str | None = None) -> int:
        """Copy a finished file of an export (the first, unless named) into an open file; gives its bytes."""
        if name is None:
            name = self.export_job(job).files[0]
        return self._copy(f"/exports/{job}/files/{quote(name, safe='')}", into)

    # --- settings pages ---

    def pages(self) -> list[answers.PageInfo]:
        """All settings pages that the caller may open, in the order of the menu."""
        return self._get(list[answers.PageInfo], "/pages")

    def page_schema(self, page: str) -> dict[str, Any]:
        """The JSON schema of a page: titles, ranges, `x-unit`, `x-widget`, `x-group`, `x-restart`, `x-hint`."""
        return self._get(dict[str, Any], f"/pages/{quote(page, safe='')}/schema")

    def page_items(self, page: str) -> list[answers.PageItem]:
        """The items of a page that has several documents."""
        return self._get(list[answers.PageItem], f"/pages/{quote(page, safe='')}/items")

    def page(self, page: str, channel: int | None = None, item: str = "") -> answers.Document:
        """The values of a page; of a channel or an item where the page has one for each."""
        return self._get(answers.Document, self._place(page, channel, item))

    def set_page(
        self,
        page: str,
        values: Mapping[str, Any],
        *,
        channel: int | None = None,
        item: str = "",
        revision: int | None = None,
    ) -> answers.Document:
        """Change fields of a page; the others stay.

        With a revision it is refused (`Conflict`) when somebody else changed the page since. A value out of range is
        refused with `field` and `allowed`.
        """
        headers = {} if revision is None else {"If-Match": f'"{revision}"'}
        return self._send(answers.Document, "PATCH", self._place(page, channel, item), dict(values), headers)

    def remove_item(self, page: str, item: str) -> None:
        """Take an item of a page away, with all its values."""
        self._send(None, "DELETE", self._place(page, None, item))

    def copy_page(self, page: str, channel: int, to: Sequence[int]) -> list[answers.Document]:
        """Copy a page of one channel to others, all or none."""
        return self._send(list[answers.Document], "POST", f"{self._place(page, channel)}/copy", {"to": list(to)})

    def run_action(
        self,
        page: str,
        action: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        channel: int | None = None,
        item: str = "",
    ) -> answers.ActionJob:
        """Press a button of a page; a long one goes on, see `action_job`."""
        target = f"{self._place(page, channel, item)}/actions/{action}"
        return self._send(answers.ActionJob, "POST", target, dict(parameters or {}))

    def recovery_key(self, pool: int) -> answers.RecoveryKey:
        """The recovery key of an encrypted pool; that it was shown stands in the audit."""
        return self._send(answers.RecoveryKey, "POST", f"/pools/{pool}/recovery-key", {})

    def enter_recovery_key(self, key: str) -> None:
        """Enter the recovery key of another recorder's pool, as somebody typed it."""
        self._send(None, "POST", "/recovery-keys", {"key": key})

    def action_job(self, job: str) -> answers.ActionJob:
        """How far an action is."""
        return self._get(answers.ActionJob, f"/actions/{job}")

    # --- grants ---

    def grant(
        self,
        channels: Sequence[int],
        *,
        streams: Sequence[StreamName] = (StreamName.MAIN, StreamName.SUB),
        audio: bool = False,
        live: bool = True,
        start_us: int | None = None,
        end_us: int | None = None,
    ) -> answers.Granted:
        """Let media, reader and decode be asked for these streams: live, and recorded time where a start is given."""
        wanted = {
            "channels": list(channels),
            "streams": [one.value for one in streams],
            "audio": audio,
            "live": live,
            "start": start_us,
            "end": end_us,
        }
        return self._send(answers.Granted, "POST", "/grants", wanted)

    # --- how it is carried ---

    def _place(self, page: str, channel: int | None, item: str = "") -> str:
        named = quote(page, safe="")
        if item:
            return f"/pages/{named}/items/{quote(item, safe='')}"
        return f"/pages/{named}" if channel is None else f"/channels/{channel}/pages/{named}"

    def _get(self, kind: type[A], target: str, query: Mapping[str, Any] | None = None) -> A:
        return _read(kind, self._call("GET", target, query=query))

    def _send(
        self,
        kind: type[A] | None,
        method: str,
        target: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        patient: bool = False,
    ) -> A:
        found = self._call(method, target, body=body, headers=headers, patient=patient)
        return _read(kind, found) if kind else None  # pyright: ignore[reportReturnType]

    def _copy(self, target: str, into: BinaryIO) -> int:
        """Copy an answer into an open file while it comes; gives its bytes."""
        connection, answer = self._open("GET", target)
        try:
            written = 0
            while piece := answer.read(CHUNK):
                written += into.write(piece)
            return written
        finally:
            connection.close()

    def _call(
        self,
        method: str,
        target: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = False,
    ) -> bytes:
        connection, answer = self._open(method, target, query=query, body=body, headers=headers, patient=patient)
        try:
            return answer.read()
        except (OSError, HTTPException) as error:
            raise Unavailable(process="control") from error
        finally:
            connection.close()

    def _open(
        self,
        method: str,
        target: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = False,
    ) -> Any:
        sent = {"Accept": "application/json", "Connection": "close", **(headers or {})}
        data = None
        if body is not None:
            data = msgspec.json.encode(body)
            sent["Content-Type"] = "application/json"
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if query:
            target = f"{target}?{urlencode(query)}"
        timeout_s = max(self.timeout_s, PATIENT_S) if patient else self.timeout_s
        return open_request(self.path, method, ROOT + target, data, sent, timeout_s)


def _bay(name: str) -> str:
    return f"/bays/{quote(name, safe='')}"


def _which(channels: Sequence[int], start_us: int | None, end_us: int | None) -> dict[str, Any]:
    asked = {"channels": ",".join(map(str, channels)) or None, "start": start_us, "end": end_us}
    return {name: value for name, value in asked.items() if value is not None}


def _read(kind: type[A], body: bytes) -> A:
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except UNREADABLE as error:
        raise BadAnswer(problem=error) from error
