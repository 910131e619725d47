"""The gate: what must be as it was before the update, and what is not the firmware's fault."""

from dataclasses import replace

import pytest

from recorder.client.answers.update import Reason
from recorder.update.gate import Seen, wrong

WELL = Seen(frozenset({1, 2}), frozenset({1, 2, 3}), frozenset(), api=True, hardware=True, monitor=True, drawn=True)
NAMES = {1: "Gate", 2: "Yard"}


def reasons(seen):
    return [one.reason for one in wrong(seen, NAMES)]


@pytest.mark.covers("D-MNT-15.3")
def test_all_as_before_is_well():
    assert reasons(WELL) == []
    assert reasons(Seen(api=True, hardware=True)) == [], "a recorder without cameras and without a monitor"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recording": frozenset({1, 3}), "answering": frozenset({2})}, Reason.CHANNELS),
        ({"api": False}, Reason.API),
        ({"hardware": False}, Reason.HARDWARE),
        ({"drawn": False}, Reason.SCREEN),
    ],
)
def test_each_thing_that_is_missing_is_told(change, reason):
    assert reasons(replace(WELL, **change)) == [reason]


def test_a_camera_that_answers_nobody_is_not_waited_for():
    assert reasons(replace(WELL, recording=frozenset({1}))) == []


def test_a_firmware_that_records_nothing_at_all_is_not_excused_by_cameras_that_do_not_answer():
    (only,) = wrong(replace(WELL, recording=frozenset({3})), NAMES)
    assert (only.reason, only.detail) == (Reason.CHANNELS, "Gate, Yard")


def test_without_a_monitor_nothing_needs_to_be_drawn():
    assert reasons(replace(WELL, monitor=False, drawn=False)) == []
