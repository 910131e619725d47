"""What the caller logs in with beside his password; all of it asks for his password once more (A15)."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller
from recorder.api.context import AnyCaller, TheControl
from recorder.api.routes.recovery import Answers
from recorder.client.answers import Credentials, RecoveryCodes
from recorder.client.errors import NotFound
from recorder.client.words import _

router = APIRouter(prefix="/sessions/current/credentials", tags=["sessions"])


class Proof(BaseModel):
    """The caller's password."""

    password: str = Field(max_length=1024, repr=False)


class NewQuestions(Proof):
    """Answers by the names of their questions; none, and no questions are asked any more."""

    answers: Answers


@router.get("")
def credentials(control: TheControl, caller: AnyCaller) -> Credentials:
    """What the caller has set up."""
    found = control.accounts.own.state(_himself(caller))
    return Credentials(found.codes_left, found.questions)


@router.post("/recovery-codes", status_code=201)
def new_recovery_codes(wanted: Proof, control: TheControl, caller: AnyCaller, response: Response) -> RecoveryCodes:
    """Make one-time codes anew; they are told now and never again, and those before are void."""
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodes(control.accounts.own.new_codes(_himself(caller), wanted.password))


@router.put("/questions", status_code=204)
def set_questions(wanted: NewQuestions, control: TheControl, caller: AnyCaller) -> None:
    """Choose questions by which a forgotten password is set anew at the screen."""
    control.accounts.own.set_questions(_himself(caller), wanted.password, wanted.answers)


def _himself(caller: Caller) -> Caller:
    if not caller.token_hash:
        raise NotFound(what=_("user who is logged in here"))
    return caller
