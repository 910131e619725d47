"""One measured figure, its budget, and whether it was kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, at most `budget` (at least, where `more_is_better`); None has no budget and only informs."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    note: str = ""
    more_is_better: bool = False

    @property
    def kept(self) -> bool:
        if self.budget is None:
            return True
        return self.value >= self.budget if self.more_is_better else self.value <= self.budget

    def __str__(self) -> str:
        if self.budget is None:
            budget, verdict = "", ""
        else:
            budget = f"{'≥' if self.more_is_better else '≤'} {self.budget:g}"
            verdict = "ok" if self.kept else "MISSED"
        return f"{self.name:<58} {self.value:>10.4g} {self.unit:<14} {budget:<10} {verdict:<7} {self.note}".rstrip()
