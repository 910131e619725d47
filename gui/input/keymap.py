"""Which kernel key is which key of a remote: what all boards have in common, and what a board's `remote.toml` adds.

The file is a keymap of ir-keytable (rc_keymap(5)), which udev loads into the receiver; the table `[keys]` beside its
protocols is ours and gives kernel keys our names.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from hal.client.input import KEY_CODES
from recorder.client.errors import NightjarError
from recorder.client.words import _

COMMON: Mapping[str, str] = {
    **{f"KEY_{digit}": str(digit) for digit in range(10)},
    **{f"KEY_NUMERIC_{digit}": str(digit) for digit in range(10)},
    "KEY_UP": "up",
    "KEY_DOWN": "down",
    "KEY_LEFT": "left",
    "KEY_RIGHT": "right",
    "KEY_OK": "ok",
    "KEY_ENTER": "ok",
    "KEY_SELECT": "ok",
    "KEY_MENU": "menu",
    "KEY_EXIT": "back",
    "KEY_ESC": "back",
    "KEY_BACK": "back",
    "KEY_POWER": "power",
    "KEY_ADDRESSBOOK": "address",
    "KEY_MODE": "multi",
    "KEY_ZOOM": "multi",
    "KEY_FN": "fn",
    "KEY_LEFTSHIFT": "shift",
    "KEY_RECORD": "record",
    "KEY_PLAY": "play",
    "KEY_PLAYPAUSE": "play",
    "KEY_PAUSE": "pause",
    "KEY_STOP": "stop",
    "KEY_REWIND": "reverse",
    "KEY_SLOW": "slow",
    "KEY_FASTFORWARD": "forward",
    "KEY_FORWARD": "forward",
    "KEY_NEXT": "next",
    "KEY_NEXTSONG": "next",
    "KEY_PREVIOUS": "previous",
    "KEY_PREVIOUSSONG": "previous",
    "KEY_CHANNELUP": "page_up",
    "KEY_CHANNELDOWN": "page_down",
    "KEY_INFO": "info",
}
NAMES = frozenset(COMMON.values())


class BadKeymap(NightjarError):
    """A remote.toml that is none."""

    status = 422
    words = _("{path}: {problem}")


@dataclass(frozen=True)
class Keymap:
    """Names of keys by the kernel's codes."""

    names: Mapping[int, str]

    @classmethod
    def common(cls, more: Mapping[str, str] | None = None) -> Self:
        """The keys that all boards have in common, and more."""
        return cls({KEY_CODES[code]: name for code, name in {**COMMON, **(more or {})}.items()})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a board's file; raises `BadKeymap` with what is wrong. Without a file only the common keys count."""
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls.common()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadKeymap(path=path, problem=error) from error
        keys = said.get("keys", {})
        _check(path, said.get("protocols", []), keys)
        return cls.common(keys)


def _check(path: Path, protocols: Any, keys: Any) -> None:
    if not isinstance(protocols, list) or not isinstance(keys, dict):
        raise BadKeymap(path=path, problem=_("protocols must be a list, and keys a table"))
    for protocol in protocols:
        for scancode, code in (protocol.get("scancodes", {}) if isinstance(protocol, dict) else {}).items():
            if code not in KEY_CODES:
                raise BadKeymap(path=path, problem=_("{key} is no key: {code}").format(key=scancode, code=code))
    for code, name in keys.items():
        if code not in KEY_CODES:
            raise BadKeymap(path=path, problem=_("{key} is no key").format(key=code))
        if name not in NAMES:
            raise BadKeymap(path=path, problem=_("{key} cannot mean {name}").format(key=code, name=repr(name)))
