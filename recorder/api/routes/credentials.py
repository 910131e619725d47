"""What the caller logs in with beside his password; all of it asks for his password once more (A15)."""

from fastapi import Response
from pydantic import BaseModel, Field

from recorder.accounts.qr import qr_rows
from recorder.accounts.screen_locks import LockKind
from recorder.api.context import Himself, TheControl
from recorder.api.router import Router
from recorder.api.routes.recovery import Answers
from recorder.client.answers import Credentials, RecoveryCodes, SecondFactor

router = Router(prefix="/sessions/current/credentials", tags=["sessions"])


class Proof(BaseModel):
    """The caller's password."""

    password: str = Field(max_length=1024, repr=False)


class NewScreenLock(Proof):
    """A pattern of dots, 1 to 9 from the top left by rows, or six digits."""

    kind: LockKind
    secret: str = Field(max_length=16, repr=False)


class FirstCode(BaseModel):
    """The code that the authenticator shows now."""

    code: str = Field(max_length=16, repr=False)


class NewQuestions(Proof):
    """Answers by the names of their questions; none, and no questions are asked any more."""

    answers: Answers


@router.get("")
def credentials(control: TheControl, caller: Himself) -> Credentials:
    """What the caller has set up."""
    found = control.accounts.own.state(caller)
    return Credentials(
        found.codes_left, found.questions, found.screen_lock.value if found.screen_lock else "", found.second_factor
    )


@router.post("/recovery-codes", status_code=201)
def new_recovery_codes(wanted: Proof, control: TheControl, caller: Himself, response: Response) -> RecoveryCodes:
    """Make one-time codes anew; they are told now and never again, and those before are void."""
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodes(control.accounts.own.new_codes(caller, wanted.password))


@router.put("/questions", status_code=204)
def set_questions(wanted: NewQuestions, control: TheControl, caller: Himself) -> None:
    """Choose questions by which a forgotten password is set anew at the screen."""
    control.accounts.own.set_questions(caller, wanted.password, wanted.answers)


@router.put("/screen-lock", status_code=204)
def set_screen_lock(wanted: NewScreenLock, control: TheControl, caller: Himself) -> None:
    """Set a pattern or six digits, which count in place of the password at the recorder's screen alone."""
    control.accounts.own.set_lock(caller, wanted.password, wanted.kind, wanted.secret)


@router.post("/screen-lock/remove", status_code=204)
def remove_screen_lock(wanted: Proof, control: TheControl, caller: Himself) -> None:
    """Let only the password count at the screen."""
    control.accounts.own.drop_lock(caller, wanted.password)


@router.post("/second-factor", status_code=201)
def begin_second_factor(wanted: Proof, control: TheControl, caller: Himself, response: Response) -> SecondFactor:
    """Make the secret of a second factor, to be scanned; it counts once its first code is given."""
    response.headers["Cache-Control"] = "no-store"
    secret, uri = control.accounts.own.begin_second(caller, wanted.password)
    return SecondFactor(secret, uri, qr_rows(uri))


@router.put("/second-factor", status_code=204)
def confirm_second_factor(wanted: FirstCode, control: TheControl, caller: Himself) -> None:
    """Give the first code: from now on logins over the network need one."""
    control.accounts.own.confirm_second(caller, wanted.code)


@router.post("/second-factor/remove", status_code=204)
def remove_second_factor(wanted: Proof, control: TheControl, caller: Himself) -> None:
    """Let the password alone count over the network."""
    control.accounts.own.drop_second(caller, wanted.password)
