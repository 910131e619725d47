"""A family of boards that one image serves, as board/common/families.toml names it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .tool import CannotBuild


@dataclass(frozen=True)
class Family:
    """What differs from one family to the other; the file says what each field means."""

    name: str
    compatible: str
    loader: str
    program: str
    kernel: str
    serial: str
    firmware: Sequence[str] = ()
    raw: str = ""
    raw_at_kb: int = 0

    @classmethod
    def read(cls, common: Path, name: str) -> "Family":
        """Read one of board/common; raises `CannotBuild` where there is none of that name."""
        told: dict[str, dict[str, Any]] = tomllib.loads((common / "families.toml").read_text(encoding="utf-8"))
        if name not in told:
            raise CannotBuild(f"There is no family {name}, only {', '.join(told)}")
        return cls(name, **told[name])
