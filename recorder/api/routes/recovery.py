"""Back in without the password: by a one-time code, and at the screen by answers or the reset key too (A14, A24)."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from recorder.accounts.questions import LONGEST, QUESTIONS
from recorder.api.context import AnyCaller, TheControl, need_screen
from recorder.api.router import Router
from recorder.client.answers import Question
from recorder.client.answers.credentials import ResetKeyState
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


@router.post("", status_code=204)
def recover(wanted: Recover, control: TheControl, caller: AnyCaller) -> None:
    """Set a new password of a user; his sessions end, and all users are told.

    At the screen alone answers count, and for administrators that the reset key was held.
    """
    recovery = control.accounts.recovery
    if wanted.code:
        recovery.by_code(wanted.user, wanted.code, wanted.password, caller.door, caller.source)
        return
    if not wanted.answers and not wanted.key:
        raise Invalid(problem=_("Give a code, or the answers."))
    need_screen(caller)
    if wanted.key:
        recovery.by_key(wanted.user, wanted.password)
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
