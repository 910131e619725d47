"""What real drives answered, in words an owner can act on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hal.errors import BadAnswer, Offline
from hal.kinds.disk import DiskFault, SelfTest, Technology, Verdict
from hal.kinds.verdict import judge
from hal.protocols.smartctl import parse, refusal

ANSWERS = Path(__file__).parent / "answers"


def answer(name):
    return (ANSWERS / f"{name}.json").read_text()


def judged(name):
    found = parse(answer(name))
    verdict, words, faults = judge(found.figures)
    return found, verdict, words, set(faults)


def test_a_disk_that_tests_itself_is_well_and_says_how_far_it_is():
    found, verdict, words, faults = judged("hdd_wd140edfz")
    assert (verdict, words, faults) == (Verdict.GOOD, "It is well, 2 months in use.", set())
    assert (found.figures.self_test, found.self_test_percent) == (SelfTest.RUNNING, 90)
    assert (found.model, found.capacity_bytes) == ("WDC WD140EDFZ-11A0VA0", 14000519643136)
    assert found.figures.technology is Technology.HDD
    assert (found.figures.temperature_c, found.figures.power_on_h) == (32, 1730)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "new"),
        (47, "new"),
        (48, "2 days in use"),
        (1459, "60 days in use"),
        (1460, "2 months in use"),
        (17_519, "23 months in use"),
        (17_532, "2.0 years in use"),
        (61_362, "7.0 years in use"),
    ],
)
def test_the_age_of_a_good_disk_is_told_as_people_tell_it(hours, words):
    found = parse(answer("hdd_wd140edfz")).figures
    assert judge(replace(found, power_on_h=hours))[1] == f"It is well, {words}."


def test_a_dying_disk_behind_usb_is_told_with_every_reason():
    _found, verdict, words, faults = judged("hdd_usb_dying_hitachi")
    assert verdict is Verdict.FAILED
    assert words.startswith("Replace it now: the drive itself expects to fail")
    assert "8 sectors cannot be read" in words
    assert "1975 bad sectors were replaced" in words
    assert faults >= {DiskFault.SELF_ASSESSMENT, DiskFault.PENDING, DiskFault.REALLOCATED, DiskFault.ERROR_LOG}


def test_a_log_of_old_errors_alone_makes_no_bad_disk():
    found, verdict, _words, faults = judged("hdd_hgst_logged")
    assert (verdict, faults) == (Verdict.GOOD, {DiskFault.ERROR_LOG})
    assert found.figures.year_rating_bytes == 550 * 10**12


def test_a_flash_disk_says_how_worn_it_is():
    found, verdict, _words, faults = judged("ssd_intel_s4510")
    assert (found.figures.technology, verdict, faults) == (Technology.SSD, Verdict.GOOD, set())
    assert 0 <= found.figures.worn_percent <= 5
    assert found.figures.year_rating_bytes is None


def test_a_flash_disk_that_refuses_a_log_is_still_understood():
    found, verdict, _words, _faults = judged("ssd_kingston_a400")
    assert (found.figures.technology, verdict) == (Technology.SSD, Verdict.GOOD)


@pytest.mark.covers("D-STO-09")
@pytest.mark.parametrize(("name", "warm", "hot"), [("hdd_wd140edfz", 54, 60), ("ssd_intel_s4510", 64, 65)])
def test_a_drive_that_is_too_warm_is_watched_and_says_how_hot_it_is(name, warm, hot):
    told = json.loads(answer(name))
    for degrees, verdict in ((warm, Verdict.GOOD), (hot, Verdict.WATCH)):
        told["temperature"]["current"] = degrees
        found, words, faults = judge(parse(json.dumps(told)).figures)
        assert (found, faults) == (verdict, {DiskFault.HOT} if degrees == hot else set())
        assert (f"it is {hot} °C hot" in words) == (degrees == hot)


def test_nvme_is_read_from_its_own_log():
    found, verdict, _words, faults = judged("nvme_intel_660p")
    assert (found.figures.technology, verdict, faults) == (Technology.NVME, Verdict.GOOD, set())
    assert found.figures.worn_percent == 0


def test_nvme_whose_write_cache_lost_its_backup_is_failed():
    _found, verdict, words, faults = judged("nvme_samsung_failed")
    assert verdict is Verdict.FAILED
    assert faults >= {DiskFault.SELF_ASSESSMENT, DiskFault.READ_ONLY}
    assert "no longer takes writes reliably" in words


def test_a_drive_that_cannot_be_opened_is_offline_with_the_words_of_smartctl():
    with pytest.raises(Offline, match="open device"):
        parse(answer("gone"))


def test_a_drive_that_rests_is_left_alone():
    said = {"smartctl": {"exit_status": 2, "messages": [{"string": "Device is in STANDBY mode, exit(2)"}]}}
    assert parse(json.dumps(said)).standby


def test_a_year_is_told_from_what_it_moved_and_how_long_it_ran():
    said = json.loads(answer("hdd_wd140edfz"))
    lbas = 100 * 10**12 // 512  # 100 TB in 1730 hours
    said["ata_smart_attributes"]["table"] += [
        {"id": 241, "name": "Total_LBAs_Written", "value": 100, "raw": {"value": lbas}},
        {"id": 242, "name": "Total_LBAs_Read", "value": 100, "raw": {"value": 0}},
    ]
    figures = parse(json.dumps(said)).figures
    assert figures.year_bytes == pytest.approx(100e12 / 1730 * 8766, rel=1e-6)
    verdict, words, faults = judge(figures)
    assert (verdict, faults) == (Verdict.WATCH, frozenset({DiskFault.OVERWORKED}))
    assert words == "Watch it: it moves 507 TB a year and is made for 55."


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ((0x00, []), SelfTest.NONE),
        ((0x00, [0x00]), SelfTest.PASSED),
        ((0x00, [0x70]), SelfTest.FAILED),
        ((0x10, [0x10]), SelfTest.STOPPED),
        ((0xF3, [0x00]), SelfTest.RUNNING),
    ],
)
def test_the_end_of_a_self_test_is_told(codes, told):
    now, log = codes
    said = json.loads(answer("hdd_wd140edfz"))
    said["ata_smart_data"]["self_test"]["status"] = {"value": now, "remaining_percent": 30}
    rows = [{"status": {"value": one}} for one in log]
    said["ata_smart_self_test_log"] = {"standard": {"table": rows}}
    assert parse(json.dumps(said)).figures.self_test is told


def test_what_a_drive_refuses_is_told_in_its_words():
    said = {"smartctl": {"exit_status": 4, "messages": [{"string": "Self-test not supported"}]}}
    assert refusal(json.dumps(said)) == "Self-test not supported"
    assert refusal(json.dumps({"smartctl": {"exit_status": 0xD8}})) == ""


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "3", '{"smartctl": 3}', '{"smartctl": {"exit_status": -1}}'])
def test_what_is_no_answer_is_offline(nonsense):
    with pytest.raises(BadAnswer):
        parse(nonsense)


@settings(max_examples=40)
@given(st.data())
def test_no_answer_breaks_the_parser(data):
    said = json.loads(answer(data.draw(st.sampled_from(["hdd_wd140edfz", "nvme_intel_660p"]))))
    odd = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.lists(st.integers())
        | st.dictionaries(st.text(), st.none())
    )
    for key in data.draw(st.sets(st.sampled_from(sorted(set(said) - {"smartctl"})))):
        said[key] = data.draw(odd)
    judge(parse(json.dumps(said)).figures)
