"""What the figures of a disk mean, in words an owner can act on.

The five attributes that foretell a failure are those of the drive statistics that Backblaze publishes: 5, 187, 188, 197
and 198. A drive's own word weighs most; what wears it out comes last.
"""

from dataclasses import dataclass

from hal.kinds.disk import DiskFault, SelfTest, Technology, Verdict

MANY_REALLOCATED = 50
"""Replaced sectors from which on a drive is rather replaced than watched."""
MANY_TIMEOUTS = 10
MANY_CABLE_ERRORS = 50
"""The counter never goes back, so a few from years ago say nothing."""
NEARLY_WORN_PERCENT = 80
HOT_C = {Technology.HDD: 55, Technology.SSD: 65, Technology.NVME: 75}
"""Ten degrees under what makers allow: 60 or 65, 70, and 85 °C."""


@dataclass(frozen=True)
class Figures:
    """What a drive tells of itself. None: it does not tell."""

    technology: Technology
    passed: bool | None = None
    """Its own word about its health."""
    read_only: bool = False
    temperature_c: int | None = None
    power_on_h: int | None = None
    reallocated: int | None = None
    pending: int | None = None
    uncorrectable: int | None = None
    timeouts: int | None = None
    cable_errors: int | None = None
    worn_percent: int | None = None
    spare_low: bool = False
    year_bytes: int | None = None
    year_rating_bytes: int | None = None
    logged_errors: bool = False
    self_test: SelfTest = SelfTest.NONE


def judge(found: Figures) -> tuple[Verdict, str, frozenset[DiskFault]]:
    """Give the verdict, a sentence with its reasons, and the faults."""
    grave = _grave(found)
    signs = [*grave, *_signs(found)]
    faults = frozenset(fault for _verdict, fault, _words in signs)
    if found.logged_errors:
        faults |= {DiskFault.ERROR_LOG}
    for verdict, begin in (
        (Verdict.FAILED, "Replace it now"),
        (Verdict.REPLACE, "Replace it soon"),
        (Verdict.WATCH, "Watch it"),
    ):
        words = [words for weight, _fault, words in signs if weight is verdict]
        if words:
            others = [words for weight, _fault, words in signs if weight is not verdict]
            return verdict, f"{begin}: {', '.join([*words, *others])}.", faults
    if found.passed is None and found.power_on_h is None:
        return Verdict.UNKNOWN, "It does not tell how it is.", faults
    age = f", {_age(found.power_on_h)}" if found.power_on_h is not None else ""
    return Verdict.GOOD, f"It is well{age}.", faults


def _age(hours: int) -> str:
    days, months = hours // 24, hours // 730
    if days < 2:
        return "new"
    if months < 2:
        return f"{days} days in use"
    return f"{months} months in use" if months < 24 else f"{hours / 8766:.1f} years in use"


Sign = tuple[Verdict, DiskFault, str]


def _grave(found: Figures) -> list[Sign]:
    signs: list[Sign] = []
    if found.passed is False:
        signs.append((Verdict.FAILED, DiskFault.SELF_ASSESSMENT, "the drive itself expects to fail"))
    if found.read_only:
        signs.append((Verdict.FAILED, DiskFault.READ_ONLY, "it no longer takes writes reliably"))
    if found.pending:
        signs.append((Verdict.REPLACE, DiskFault.PENDING, f"{found.pending} sectors cannot be read"))
    if found.uncorrectable:
        signs.append((Verdict.REPLACE, DiskFault.UNCORRECTABLE, f"{found.uncorrectable} errors cost data"))
    if found.self_test is SelfTest.FAILED:
        signs.append((Verdict.REPLACE, DiskFault.SELF_TEST, "its self-test failed"))
    if found.spare_low:
        signs.append((Verdict.REPLACE, DiskFault.SPARE, "hardly any spare blocks are left"))
    if found.reallocated:
        weight = Verdict.REPLACE if found.reallocated >= MANY_REALLOCATED else Verdict.WATCH
        signs.append((weight, DiskFault.REALLOCATED, f"{found.reallocated} bad sectors were replaced"))
    return signs


def _signs(found: Figures) -> list[Sign]:
    signs: list[Sign] = []
    if (worn := found.worn_percent) is not None and worn >= NEARLY_WORN_PERCENT:
        weight = Verdict.REPLACE if worn >= 100 else Verdict.WATCH
        signs.append((weight, DiskFault.WORN, f"{worn} % of its life is used up"))
    if (late := found.timeouts or 0) >= MANY_TIMEOUTS:
        signs.append((Verdict.WATCH, DiskFault.TIMEOUTS, f"it answered too late {late} times"))
    if (bad := found.cable_errors or 0) >= MANY_CABLE_ERRORS:
        signs.append((Verdict.WATCH, DiskFault.CABLE, f"{bad} errors on the way to it; check its cable and bay"))
    if (degrees := found.temperature_c) is not None and degrees >= HOT_C[found.technology]:
        signs.append((Verdict.WATCH, DiskFault.HOT, f"it is {degrees} °C hot"))
    moved, rating = found.year_bytes, found.year_rating_bytes
    if moved is not None and rating is not None and moved > rating:
        words = f"it moves {moved / 1e12:.0f} TB a year and is made for {rating / 1e12:.0f}"
        signs.append((Verdict.WATCH, DiskFault.OVERWORKED, words))
    return signs
