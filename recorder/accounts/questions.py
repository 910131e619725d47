"""Questions that only their user can answer: a way back in before the recorder itself, for who chose to have it.

All answers are kept in one argon2id record: none can be guessed without the others.
"""

import unicodedata
from collections.abc import Mapping

from recorder.accounts.errors import BadAnswers
from recorder.accounts.store import AccountStore
from recorder.accounts.turnstile import Turnstile
from recorder.client.words import _

ASKED = 3
SHORTEST = 3
LONGEST = 64
QUESTIONS = {
    "teacher": _("What was your first teacher called?"),
    "job": _("What did you do in your first job?"),
    "trip": _("Where did your first journey alone lead?"),
    "toy": _("What was your dearest toy called?"),
    "hero": _("Who was your hero when you were ten?"),
    "dish": _("Which dish did you not want to eat as a child?"),
    "street": _("In which street did your best friend live?"),
    "book": _("Which book have you read most often?"),
    "machine": _("Which machine of yours broke in the worst moment?"),
    "song": _("Which song did you dance to first?"),
}
"""By their stable names. Nothing that stands in a register or on a wall."""


class Questions:
    """The questions of all users, with the record of their answers."""

    def __init__(self, store: AccountStore, turnstile: Turnstile) -> None:
        self._store = store
        self._turnstile = turnstile

    def of(self, user: str) -> tuple[str, ...]:
        """Give the names of the questions that a user chose."""
        rows = self._store.run("SELECT asked FROM question WHERE user = ?", user)
        return tuple(rows[0][0].split()) if rows else ()

    def record(self, answers: Mapping[str, str]) -> tuple[str, str]:
        """Give what is kept of new answers: the questions, and a record; raises `BadAnswers`, takes its time."""
        told = {name: _plain(answer) for name, answer in answers.items()}
        short = any(not SHORTEST <= len(answer) <= LONGEST for answer in told.values())
        if len(told) != ASKED or not set(told) <= set(QUESTIONS) or short or len(set(told.values())) < ASKED:
            raise BadAnswers(asked=ASKED, shortest=SHORTEST)
        names = sorted(told)
        return " ".join(names), self._turnstile.record(_joined(told, names))

    def keep(self, user: str, asked: str, record: str) -> None:
        """Keep what `record` gave in place of what was."""
        self._store.run("INSERT OR REPLACE INTO question VALUES (?, ?, ?)", user, asked, record)

    def fit(self, user: str, answers: Mapping[str, str]) -> bool:
        """Whether all answers are right; as much work where there are none. Takes its time."""
        rows = self._store.run("SELECT asked, record FROM question WHERE user = ?", user)
        names = rows[0][0].split() if rows else []
        told = {name: _plain(answers.get(name, "")) for name in names}
        return self._turnstile.fits(rows[0][1] if rows else None, _joined(told, names))

    def forget(self, user: str) -> None:
        """Ask no more."""
        self._store.run("DELETE FROM question WHERE user = ?", user)


def _joined(told: Mapping[str, str], names: list[str]) -> str:
    return "\n".join(told[name] for name in names)


def _plain(answer: str) -> str:
    """What counts of an answer: letters and digits, however they were written."""
    folded = unicodedata.normalize("NFKC", answer[: 4 * LONGEST]).casefold()
    return "".join(one for one in folded if one.isalnum())
