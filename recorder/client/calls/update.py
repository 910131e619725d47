"""Updates of the recorder's own firmware."""

import os
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

from recorder.client.answers import UpdateStatus
from recorder.client.calls.carrier import ROOT, Carrier, read
from recorder.client.errors import Unavailable
from recorder.client.unix_http import UnixHttp, refusal

UPLOAD_S = 600.0


class UpdateCalls(Carrier):
    """Looks after the firmware."""

    def update(self) -> UpdateStatus:
        """What runs, what is on sticks, and how the update stands."""
        return self._get(UpdateStatus, "/update")

    def update_from_stick(self, found: str, permit: str = "") -> UpdateStatus:
        """Copy a file of a stick, by the id in `found`, and check it."""
        return self._send(UpdateStatus, "POST", "/update/stick", {"id": found, "permit": permit})

    def update_from_address(self, url: str, permit: str = "") -> UpdateStatus:
        """Fetch a file, and check it."""
        return self._send(UpdateStatus, "POST", "/update/address", {"url": url, "permit": permit})

    def update_from_file(self, path: Path, permit: str = "") -> UpdateStatus:
        """Send a file, and have it checked; raises OSError where it cannot be read."""
        headers = {"Content-Type": "application/octet-stream", "Connection": "close"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = UnixHttp(self.path, UPLOAD_S)
        with path.open("rb") as file:
            headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
            try:
                # Who is refused is told so in the middle of it, and nothing more is read.
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.request("PUT", f"{ROOT}/update/bundle?permit={quote(permit, safe='')}", file, headers)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, HTTPException) as error:
                raise Unavailable(process="control") from error
            finally:
                connection.close()
        if answer.status >= 400:
            raise refusal(answer.status, body)
        return read(UpdateStatus, body)

    def install_update(self, digest: str, when: str, gap_s: int) -> UpdateStatus:
        """Install what was checked, `now` or `tonight`; `gap_s` repeats the seconds that were told."""
        return self._send(UpdateStatus, "POST", "/update/install", {"digest": digest, "when": when, "gap_s": gap_s})

    def forget_update(self) -> UpdateStatus:
        """Give up what is being copied, or have no checked bundle any more."""
        return self._send(UpdateStatus, "DELETE", "/update")

    def update_seen(self) -> None:
        """Say that one has seen how the last update ended."""
        self._send(None, "POST", "/update/seen")

    def tell_drawn(self) -> None:
        """Say, as the screen, that something was drawn."""
        self._send(None, "POST", "/update/drawn")
