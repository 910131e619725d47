"""Each defconfig of its fragments, as configs.toml says."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).parent
LINE = re.compile(r"(?:# )?(BR2_\w+)(?:=.*| is not set)")


@dataclass(frozen=True)
class Recipe:
    """The release of Buildroot that is asked for, and the fragments of each defconfig by its name."""

    release: str
    configs: dict[str, list[str]]

    @classmethod
    def read(cls, tree: Path = TREE) -> "Recipe":
        """Read configs.toml."""
        found = tomllib.loads((tree / "configs.toml").read_text(encoding="utf-8"))
        return cls(found["release"], found["configs"])


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
