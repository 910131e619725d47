"""Back in without the password: by a one-time code; at the screen by answers, key or stick too (A14, A24, A25)."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from recorder.accounts.questions import LONGEST, QUESTIONS
from recorder.api.context import AccountKeeper, AnyCaller, TheControl, need_screen
from recorder.api.proof import Proof, proved
from recorder.api.router import Router
from recorder.client.answers import Question
from recorder.client.answers.credentials import RecoveryStickMade, RecoveryStickState, ResetKeyState
from recorder.client.errors import Invalid
from recorder.client.words import _

router = Router(prefix="/recovery", tags=["recovery"])
Name = Annotated[str, Query(max_length=64)]
Answer = Annotated[str, Field(max_length=4 * LONGEST)]
Answers = Annotated[dict[str, Answer], Field(max_length=len(QUESTIONS), repr=False)]


class Recover(BaseModel):
    """Whose password is forgotten, a code or the answers, and the password that shall be."""

    user: str = Field(max_length=64)
    password: str = Field(max_length=1024, repr=False, description="8 to 128 printable characters")
    code: str = Field("", max_length=64, repr=False)
    answers: Answers = {}
    key: bool = Field(False, description="The reset key of the case was held")
    stick: bool = Field(False, description="The recovery stick is in")


class MakeStick(Proof):
    """The port of the stick that is to become the recovery stick."""

    port: str = Field(max_length=64)


@router.post("", status_code=204)
def recover(wanted: Recover, control: TheControl, caller: AnyCaller) -> None:
    """Set a new password of a user; his sessions end, and all users are told.

    At the screen alone answers count, and for administrators that the reset key was held, or that the stick is in.
    """
    recovery = control.accounts.recovery
    if wanted.code:
        recovery.by_code(wanted.user, wanted.code, wanted.password, caller.door, caller.source)
        return
    if not wanted.answers and not wanted.key and not wanted.stick:
        raise Invalid(problem=_("Give a code, or the answers."))
    need_screen(caller)
    if wanted.key:
        recovery.by_key(wanted.user, wanted.password)
        return
    if wanted.stick:
        control.recovery_stick.recover(wanted.user, wanted.password)
        return
    recovery.by_answers(wanted.user, wanted.answers, wanted.password)


@router.get("/questions")
def questions(control: TheControl, caller: AnyCaller, user: Name = "") -> list[Question]:
    """The questions that a user is asked, at the screen alone; without a name all there are to choose from."""
    if not user:
        return [Question(name, words) for name, words in QUESTIONS.items()]
    need_screen(caller)
    return [Question(name, QUESTIONS[name]) for name in control.accounts.recovery.asked(user) if name in QUESTIONS]


@router.get("/key")
def reset_key(control: TheControl, caller: AnyCaller) -> ResetKeyState:
    """Whether the reset key of the case was held, at the screen alone."""
    need_screen(caller)
    return ResetKeyState(control.accounts.recovery.key.left_s)


@router.get("/stick")
def recovery_stick(control: TheControl, caller: AnyCaller) -> RecoveryStickState:
    """Whether the recovery stick is in, at the screen alone."""
    need_screen(caller)
    return control.recovery_stick.state


@router.post("/stick", status_code=201)
def make_stick(wanted: MakeStick, control: TheControl, caller: AccountKeeper) -> RecoveryStickMade:
    """Make the stick in a port the one that lets back in; the one before counts no more. For administrators alone."""
    return control.recovery_stick.make(wanted.port, proved(control, caller, wanted))
