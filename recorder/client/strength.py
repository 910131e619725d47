"""How hard a password is to guess, roughly and in words; the rule that counts is control's."""

from enum import IntEnum
from itertools import pairwise

from recorder.client.words import _

SHORTEST = 8
LONGEST = 128
SHORTEST_NAME = 3
"""A shorter name stands in many a good password by chance."""
COMMON = ("password", "passwort", "12345678", "qwerty", "qwertz", "nightjar", "letmein", "recorder", "camera", "admin")


class Strength(IntEnum):
    """From what is refused to what lasts."""

    TOO_SHORT = 0
    WEAK = 1
    FAIR = 2
    STRONG = 3


WORDS = {
    Strength.TOO_SHORT: _("At least {count} characters").format(count=SHORTEST),
    Strength.WEAK: _("Weak: easy to guess"),
    Strength.FAIR: _("Fair: longer is better"),
    Strength.STRONG: _("Strong"),
}


def strength(password: str, user: str = "") -> Strength:
    """Judge a password by its length, its kinds of characters, repetition, and the words that everybody takes.

    The name of its user adds little too, also backwards (D-ACC-11).
    """
    if len(password) < SHORTEST:
        return Strength.TOO_SHORT
    plain = password.lower()
    fresh = len(plain)
    name = user.lower()
    for word in (*COMMON, name, name[::-1]) if len(name) >= SHORTEST_NAME else COMMON:
        if word in plain:
            fresh -= len(word) - 1
    # A character that continues a run (aaa, 123, cba) adds little.
    steps = [ord(after) - ord(before) for before, after in pairwise(plain)]
    fresh -= sum(1 for one, other in pairwise(steps) if one == other and abs(one) <= 1)
    kinds = sum(any(test(one) for one in password) for test in (str.islower, str.isupper, str.isdigit, _is_sign))
    score = fresh + 2 * (kinds - 1)
    if score >= 18 and fresh >= 10:
        return Strength.STRONG
    return Strength.FAIR if score >= 11 and fresh >= 7 else Strength.WEAK


def is_weak(password: str, user: str = "") -> bool:
    """Whether a password is easy to guess."""
    return strength(password, user) <= Strength.WEAK


def _is_sign(character: str) -> bool:
    return not character.isalnum()
