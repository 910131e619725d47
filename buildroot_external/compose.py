"""Each defconfig of its fragments, as configs.toml says, and Buildroot's table of our users."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import users

TREE = Path(__file__).parent
LINE = re.compile(r"(?:# )?(BR2_\w+)(?:=.*| is not set)")


@dataclass(frozen=True)
class Recipe:
    """Which release of Buildroot, where it is, and its digest; the fragments of each defconfig by name."""

    release: str
    archive: str
    sha256: str
    configs: dict[str, list[str]]

    @classmethod
    def read(cls, tree: Path = TREE) -> "Recipe":
        """Read configs.toml."""
        return cls(**tomllib.loads((tree / "configs.toml").read_text(encoding="utf-8")))


def compose(fragments: Sequence[Path]) -> str:
    """Put fragments together; the later of two lines for a symbol counts. Raises ValueError for a line that is none."""
    lines: dict[str, str] = {}
    for path in fragments:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = LINE.fullmatch(line)
            if found is not None:
                lines.pop(found[1], None)
                lines[found[1]] = line
            elif line and not line.startswith("# "):
                raise ValueError(f"{path}:{number}: no line of a configuration: {line}")
    return "".join(f"{line}\n" for line in lines.values())


def composed(tree: Path = TREE) -> dict[Path, str]:
    """Give what each defconfig is to hold."""
    return {
        tree / "configs" / f"{name}_defconfig": compose([tree / "fragments" / f"{one}.config" for one in fragments])
        for name, fragments in Recipe.read(tree).configs.items()
    }


def users_table(tree: Path = TREE) -> tuple[Path, str]:
    """Give where Buildroot's table of users is, and what it is to hold."""
    return tree / "users.table", users.table(users.source(tree.parent).read_text(encoding="utf-8"))
