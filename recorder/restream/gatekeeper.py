"""Logins of the RTSP server: nonces are made and counted here, passwords are looked at by control alone."""

from recorder.client.clock import Clock
from recorder.control.frames_call import Told
from recorder.restream.desk import Desk
from recorder.rtsp.guard import Checked, Guard, Verdict

REALM = "Nightjar"
_VERDICTS = {"WrongLogin": Verdict.REFUSED, "LockedOut": Verdict.LOCKED}


class Gatekeeper:
    """Lets in whom control knows (`recorder.rtsp.server.dialogue.Gate`). Digest alone: no password travels."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._guard = Guard(REALM, lambda _user: None, clock=clock)

    def challenges(self, *, stale: bool = False) -> list[str]:
        """Give SHA-256, then MD5 for those that know nothing else."""
        return self._guard.challenges(stale=stale)

    async def admit(self, authorization: str, method: str, url: str, source: str) -> Checked:
        """Look at a login; raises `Told` and `Unavailable` where control cannot look."""
        if not authorization:
            return Checked(Verdict.MISSING)
        login = self._guard.read(authorization, method, url)
        if login is None:
            return Checked(Verdict.REFUSED)
        # Before its answer is looked at: what was heard on the way and is sent again must reach no password.
        if not self._guard.is_fresh(login):
            return Checked(Verdict.STALE)
        try:
            ticket = await self._desk.log_in(login, source)
        except Told as refused:
            if refused.code not in _VERDICTS:
                raise
            return Checked(_VERDICTS[refused.code])
        return Checked(Verdict.ACCEPTED, login.user, ticket)
