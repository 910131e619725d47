"""The first run, logins, users and their keys, grants."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier
from recorder.client.stream import StreamName


class AccountCalls(Carrier):
    """Asks who may do what."""

    def setup_state(self) -> answers.SetupState:
        """Whether the administrator's password is still to be set."""
        return self._get(answers.SetupState, "/setup")

    def set_up(self, password: str, code: str = "") -> answers.Session:
        """Set the administrator's password (8 to 128 printable characters) and log in; keeps the token."""
        found = self._send(answers.Session, "POST", "/setup", {"password": password, "code": code}, patient=True)
        self.token = found.token
        return found

    def directory(self) -> answers.DirectoryState:
        """Whether users of the system or a directory are asked about, and whether the helper for it runs."""
        return self._get(answers.DirectoryState, "/directory")

    def log_in(self, user: str, password: str, code: str = "") -> answers.Session:
        """Log in, over the network with a second factor where there is one; keeps the token."""
        told = {"user": user, "password": password, "code": code}
        found = self._send(answers.Session, "POST", "/sessions", told)
        self.token = found.token
        return found

    def screen_lock(self, user: str) -> str:
        """What a user draws or types at the screen in place of his password: `pattern`, `pin`, or nothing."""
        return self._get(answers.ScreenLock, "/sessions/screen", {"user": user}).kind

    def log_in_at_screen(self, user: str, secret: str) -> answers.Session:
        """Log in with a pattern or six digits, at the screen; keeps the token."""
        found = self._send(answers.Session, "POST", "/sessions/screen", {"user": user, "secret": secret})
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

    def online(self) -> list[answers.OnlineUser]:
        """Who is logged in, and from where."""
        return self._get(list[answers.OnlineUser], "/sessions")

    def end_session(self, session: str, block_min: int = 0) -> None:
        """Log somebody out, and keep that user out from there for so many minutes."""
        kept = f"?block_min={block_min}" if block_min else ""
        self._send(None, "DELETE", f"/sessions/{quote(session, safe='')}{kept}")

    def blocks(self) -> list[answers.Block]:
        """Who is kept out, and from where."""
        return self._get(list[answers.Block], "/sessions/blocks")

    def end_block(self, user: str, source: str) -> None:
        """Let a user in again from an address."""
        self._send(None, "POST", "/sessions/blocks/end", {"user": user, "source": source})

    def drop_second_factor(self, user: str) -> None:
        """Ask another user for no second factor any more."""
        self._send(None, "DELETE", f"/users/{quote(user, safe='')}/second-factor")

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
