"""What `smartctl --json` says of a drive, as figures.

Facts: smartctl(8) on exit status bits; ATA Command Set (ACS-3) for the self-test status byte, 0 ended well and 15 runs;
NVM Express base specification for the health log (critical warning, data units of 512 000 bytes) and self-test log.
"""

import re
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from hal.errors import UNREADABLE, BadAnswer, Offline
from hal.kinds.disk import SelfTest, Technology
from hal.kinds.verdict import Figures

_CANNOT_OPEN, _LOGGED = 0x03, 0x40
_YEAR_H, _LEAST_H = 8766, 168
"""Over less than a week a year's load cannot be told."""
_SPARE, _READ_ONLY, _NO_BACKUP = 0x01, 0x08, 0x10
_DATA_UNIT = 512_000
_MIB, _GIB = 1 << 20, 1 << 30
_ATA_RUNS, _ATA_STOPPED = 15, {1, 2}
_NVME_STOPPED = {1, 2, 3, 4, 8, 9}
_WEAR = (231, 233, 202, 177, 173, 169)
"""Attributes whose normalised value begins at 100 and is what is left of the flash."""
RATINGS = (
    (re.compile(r"WDC? ?WD\d+(PUR|EJR|PURZ)|ST\d+V[EMX]|WDC? ?WD\d+EF|ST\d+V[NT]"), 180),
    (re.compile(r"HUS|HUH|WUH|WUS|HGST H|TOSHIBA MG|ST\d+NM|WDC? ?WD\d+(FYY|FRY|KRY|VRY)"), 550),
)
"""TB a year by data sheet: disks for recorders and storage boxes, disks for servers; any other disk 55."""
ORDINARY_TB = 55


@dataclass(frozen=True)
class Smart:
    """One answer. A drive that rests gives no figures."""

    standby: bool = False
    model: str = ""
    serial: str = ""
    firmware: str = ""
    capacity_bytes: int = 0
    figures: Figures = field(default_factory=lambda: Figures(Technology.HDD))
    self_test_percent: int = 0


def parse(answer: str) -> Smart:
    """Read an answer; raises `BadAnswer` for one that is none, `Offline` where smartctl could not ask."""
    try:
        said = msgspec.json.decode(answer)
    except UNREADABLE as error:
        raise BadAnswer(f"smartctl gave no JSON ({error})", answer.encode()) from None
    top = _Part(said)
    status = top.part("smartctl").whole("exit_status")
    if status is None:
        raise BadAnswer("smartctl gave no exit status", answer.encode())
    words = " ".join(_Part(one).text("string") for one in top.part("smartctl").rows("messages"))
    if status & _CANNOT_OPEN:
        if "STANDBY" in words.upper() or "SLEEP" in words.upper():
            return Smart(standby=True)
        raise Offline(words or "The drive does not answer")
    nvme = top.part("nvme_smart_health_information_log")
    figures, percent = _nvme(top, nvme) if nvme else _ata(top)
    return Smart(
        model=top.text("model_name") or top.text("scsi_model_name"),
        serial=top.text("serial_number"),
        firmware=top.text("firmware_version"),
        capacity_bytes=top.part("user_capacity").whole("bytes") or top.whole("nvme_total_capacity") or 0,
        figures=figures,
        self_test_percent=percent,
    )


def refusal(answer: str) -> str:
    """Give smartctl's words where it did not do what it was asked; empty where it did."""
    try:
        top = _Part(msgspec.json.decode(answer))
    except msgspec.DecodeError:
        return "smartctl gave no JSON"
    # Bits 0 to 2 speak of the command; the others of the drive's health.
    if (status := top.part("smartctl").whole("exit_status")) is not None and not status & 0x07:
        return ""
    words = "; ".join(_Part(one).text("string") for one in top.part("smartctl").rows("messages"))
    return words or "the drive refused"


def _nvme(top: "_Part", log: "_Part") -> tuple[Figures, int]:
    warning = log.whole("critical_warning") or 0
    hours = log.whole("power_on_hours")
    units = (log.whole("data_units_read") or 0) + (log.whole("data_units_written") or 0)
    test, percent = _nvme_test(top.part("nvme_self_test_log"))
    figures = Figures(
        Technology.NVME,
        passed=top.part("smart_status").truth("passed"),
        read_only=bool(warning & (_READ_ONLY | _NO_BACKUP)),
        temperature_c=top.part("temperature").whole("current") or log.whole("temperature"),
        power_on_h=hours,
        uncorrectable=log.whole("media_errors"),
        worn_percent=log.whole("percentage_used"),
        spare_low=bool(warning & _SPARE),
        year_bytes=_a_year(units * _DATA_UNIT, hours),
        logged_errors=_logged(top),
        self_test=test,
    )
    return figures, percent


def _nvme_test(log: "_Part") -> tuple[SelfTest, int]:
    if log.part("current_self_test_operation").whole("value"):
        return SelfTest.RUNNING, log.whole("current_self_test_completion_percent") or 0
    rows = log.rows("table")
    result = _Part(rows[0]).part("self_test_result").whole("value") if rows else None
    if result is None:
        return SelfTest.NONE, 0
    if result in _NVME_STOPPED:
        return SelfTest.STOPPED, 0
    return (SelfTest.FAILED if result else SelfTest.PASSED), 100


def _ata(top: "_Part") -> tuple[Figures, int]:
    rows = [_Part(one) for one in top.part("ata_smart_attributes").rows("table")]
    table = {number: one for one in rows if (number := one.whole("id")) is not None}

    def raw(number: int, mask: int = 0xFFFFFFFF) -> int | None:
        found = table[number].part("raw").whole("value") if number in table else None
        return None if found is None else found & mask

    spins = top.whole("rotation_rate") != 0
    hours = top.part("power_on_time").whole("hours")
    model = top.text("model_name")
    test, percent = _ata_test(top)
    uncorrectable = [found for found in (raw(187), raw(198)) if found is not None]
    figures = Figures(
        Technology.HDD if spins else Technology.SSD,
        passed=top.part("smart_status").truth("passed"),
        temperature_c=top.part("temperature").whole("current"),
        power_on_h=hours,
        reallocated=raw(5),
        pending=raw(197),
        uncorrectable=max(uncorrectable, default=None),
        timeouts=raw(188, 0xFFFF),
        cable_errors=raw(199),
        worn_percent=None if spins else _worn(top, table),
        year_bytes=_a_year(_moved(top, table), hours),
        year_rating_bytes=_rating(model) if spins else None,
        logged_errors=_logged(top),
        self_test=test,
    )
    return figures, percent


def _ata_test(top: "_Part") -> tuple[SelfTest, int]:
    status = top.part("ata_smart_data").part("self_test").part("status")
    code = status.whole("value")
    if code is not None and code >> 4 == _ATA_RUNS:
        return SelfTest.RUNNING, 100 - (status.whole("remaining_percent") or 0)
    logs = top.part("ata_smart_self_test_log")
    rows = logs.part("extended").rows("table") or logs.part("standard").rows("table")
    newest = _Part(rows[0]).part("status").whole("value") if rows else None
    if code is None or (newest is None and code >> 4 == 0):
        return SelfTest.NONE, 0
    ended = (newest if newest is not None else code) >> 4
    if ended in _ATA_STOPPED:
        return SelfTest.STOPPED, 0
    return (SelfTest.FAILED if ended else SelfTest.PASSED), 100


def _worn(top: "_Part", table: "dict[int, _Part]") -> int | None:
    if (used := _statistic(top, "Percentage Used Endurance Indicator")) is not None:
        return used
    left = next((found for number in _WEAR if number in table and (found := table[number].whole("value"))), None)
    return None if left is None else max(0, 100 - left)


def _moved(top: "_Part", table: "dict[int, _Part]") -> int | None:
    """What it has read and written since it was new; None where it does not say in what units it counts."""
    sector = top.whole("logical_block_size") or 512
    told = [_statistic(top, f"Logical Sectors {what}") for what in ("Written", "Read")]
    if told[0] is not None:
        return sum(one or 0 for one in told) * sector
    moved = 0
    for number in (241, 242):
        if number not in table:
            return None
        name, count = table[number].text("name"), table[number].part("raw").whole("value")
        unit = next((size for mark, size in (("32MiB", 32 * _MIB), ("GiB", _GIB), ("LBA", sector)) if mark in name), 0)
        if count is None or not unit:
            return None
        moved += count * unit
    return moved


def _statistic(top: "_Part", name: str) -> int | None:
    for page in top.part("ata_device_statistics").rows("pages"):
        for one in _Part(page).rows("table"):
            if _Part(one).text("name") == name:
                return _Part(one).whole("value")
    return None


def _a_year(moved: int | None, hours: int | None) -> int | None:
    if moved is None or hours is None or hours < _LEAST_H:
        return None
    return round(moved / hours * _YEAR_H)


def _rating(model: str) -> int:
    tb = next((tb for pattern, tb in RATINGS if pattern.match(model)), ORDINARY_TB)
    return tb * 10**12


def _logged(top: "_Part") -> bool:
    return bool((top.part("smartctl").whole("exit_status") or 0) & _LOGGED)


class _Part:
    """An object of the answer, of which nothing is believed: what has another type is not there."""

    def __init__(self, said: object) -> None:
        self._said = cast("dict[str, Any]", said) if isinstance(said, dict) else {}

    def __bool__(self) -> bool:
        return bool(self._said)

    def part(self, name: str) -> "_Part":
        return _Part(self._said.get(name))

    def rows(self, name: str) -> list[object]:
        found = self._said.get(name)
        return cast("list[object]", found) if isinstance(found, list) else []

    def whole(self, name: str) -> int | None:
        found = self._said.get(name)
        return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None

    def truth(self, name: str) -> bool | None:
        found = self._said.get(name)
        return found if isinstance(found, bool) else None

    def text(self, name: str) -> str:
        found = self._said.get(name)
        return found[:256].strip() if isinstance(found, str) else ""
