"""Ways back in for who forgot a password, and what is told of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reset:
    """Somebody's password was reset by `code` or by `answers`, from a place such as `screen:screen`."""

    id: int
    user: str
    way: str
    source: str
    at_us: int


@dataclass(frozen=True)
class Credentials:
    """What the one who asks logs in with beside his password, and his ways back in."""

    codes_left: int
    """One-time codes that were not used yet."""
    questions: tuple[str, ...]
    """The names of those that he chose."""


@dataclass(frozen=True)
class RecoveryCodes:
    """One-time codes, told once."""

    codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Question:
    """A question by which somebody may come back in; `name` stands for it."""

    name: str
    words: str
