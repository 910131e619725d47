"""Ways back in for who forgot a password, and what is told of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reset:
    """Somebody's password was reset by `code`, `answers`, `key` or `stick`, from a place such as `screen:screen`."""

    id: int
    user: str
    way: str
    source: str
    at_us: int


@dataclass(frozen=True)
class ResetKeyState:
    """So many seconds an administrator's password may be set anew, since the reset key was held; 0: not."""

    left_s: int


@dataclass(frozen=True)
class RecoveryStickState:
    """Whether the recovery stick is in, so that an administrator's password may be set anew; and that in words."""

    fits: bool
    words: str


@dataclass(frozen=True)
class RecoveryStickMade:
    """What the stick is called that is the recovery stick now."""

    stick: str


@dataclass(frozen=True)
class Credentials:
    """What the one who asks logs in with beside his password, and his ways back in."""

    codes_left: int
    """One-time codes that were not used yet."""
    questions: tuple[str, ...]
    """The names of those that he chose."""
    screen_lock: str
    """What counts at the recorder's screen in place of the password: `pattern`, `pin`, or nothing."""
    second_factor: bool
    """Whether logins over the network need a code."""


@dataclass(frozen=True)
class SecondFactor:
    """A second factor that was begun; `rows` are a QR code of `uri`, `1` where it is dark."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    rows: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class ScreenLock:
    """What a user draws or types at the screen: `pattern`, `pin`, or nothing."""

    kind: str


@dataclass(frozen=True)
class RecoveryCodes:
    """One-time codes, told once."""

    codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Question:
    """A question by which somebody may come back in; `name` stands for it."""

    name: str
    words: str
