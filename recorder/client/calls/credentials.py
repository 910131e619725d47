"""One's own ways back in, and a password set anew by them."""

from collections.abc import Mapping

from recorder.client import answers
from recorder.client.calls.carrier import Carrier

OWN = "/sessions/current/credentials"


class CredentialCalls(Carrier):
    """Asks what one logs in with beside a password, and comes back in."""

    def recover(
        self,
        user: str,
        password: str,
        *,
        code: str = "",
        told: Mapping[str, str] | None = None,
        key: bool = False,
        stick: bool = False,
    ) -> None:
        """Set a forgotten password anew: with a one-time code; at the screen with answers, the `key`, a `stick`."""
        ways = {"code": code, "answers": dict(told or {}), "key": key, "stick": stick}
        self._send(None, "POST", "/recovery", {"user": user, "password": password, **ways}, patient=True)

    def questions(self, user: str = "") -> list[answers.Question]:
        """The questions that a user is asked; without a name all there are."""
        return self._get(list[answers.Question], "/recovery/questions", {"user": user})

    def reset_key(self) -> answers.ResetKeyState:
        """Whether the reset key of the case was held; at the screen alone."""
        return self._get(answers.ResetKeyState, "/recovery/key")

    def recovery_stick(self) -> answers.RecoveryStickState:
        """Whether the recovery stick is in; at the screen alone."""
        return self._get(answers.RecoveryStickState, "/recovery/stick")

    def make_recovery_stick(self, port: str, password: str = "") -> answers.RecoveryStickMade:
        """Make the stick in a port the recovery stick, with one's own password; the one before counts no more."""
        wanted = {"port": port, "password": password}
        return self._send(answers.RecoveryStickMade, "POST", "/recovery/stick", wanted, patient=True)

    def see_resets(self, upto: int) -> None:
        """Say that the user was told of resets of passwords."""
        self._send(None, "PUT", "/sessions/current/seen-resets", {"upto": upto})

    def credentials(self) -> answers.Credentials:
        """What one has set up beside the password."""
        return self._get(answers.Credentials, OWN)

    def new_recovery_codes(self, password: str) -> tuple[str, ...]:
        """Make one's one-time codes anew; they are told now alone."""
        return self._send(answers.RecoveryCodes, "POST", f"{OWN}/recovery-codes", {"password": password}).codes

    def set_questions(self, password: str, answered: Mapping[str, str]) -> None:
        """Choose questions; with no answers none are asked any more."""
        self._send(None, "PUT", f"{OWN}/questions", {"password": password, "answers": dict(answered)})

    def set_screen_lock(self, password: str, kind: str, secret: str) -> None:
        """Set a `pattern` (dots 1 to 9) or `pin` (six digits) for the local screen."""
        self._send(None, "PUT", f"{OWN}/screen-lock", {"password": password, "kind": kind, "secret": secret})

    def remove_screen_lock(self, password: str) -> None:
        """Let only the password count at the screen."""
        self._send(None, "POST", f"{OWN}/screen-lock/remove", {"password": password})

    def begin_second_factor(self, password: str) -> answers.SecondFactor:
        """Make a secret for an authenticator; it counts once `confirm_second_factor` gave its first code."""
        return self._send(answers.SecondFactor, "POST", f"{OWN}/second-factor", {"password": password})

    def confirm_second_factor(self, code: str) -> None:
        """Give the first code."""
        self._send(None, "PUT", f"{OWN}/second-factor", {"code": code})

    def remove_second_factor(self, password: str) -> None:
        """Let the password alone count over the network."""
        self._send(None, "POST", f"{OWN}/second-factor/remove", {"password": password})
