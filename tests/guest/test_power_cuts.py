"""S1, S2 and S3 under a drive cache that forgets, on real file systems: `make guest`; by the thousand: `make cuts`."""

import pytest

from tests.guest import cuts

REPLAYS = 25
IN_GUEST = 3
SEED = 20_26


@pytest.mark.covers("D-PWR-03")
@pytest.mark.parametrize("scene", [cuts.LAPS, cuts.CROWD], ids=lambda one: one.name)
def test_a_power_cut_costs_nothing_that_was_promised(shoot, tmp_path, scene):  # S1, S2, S3
    done = list(cuts.cut_many(shoot(scene), REPLAYS, SEED, tmp_path))
    assert len(done) == REPLAYS
    cuts.all_kept(done)
    assert not any(one.verdict.listed for one in done)


def test_a_writer_without_fdatasync_is_found_out(shoot, tmp_path):
    done = list(cuts.cut_many(shoot(cuts.FORGETFUL), 10, SEED, tmp_path))
    faulty = [one for one in done if any("promised samples do not play" in fault for fault in one.verdict.faults)]
    assert len(faulty) > len(done) // 2


@pytest.mark.parametrize("scene", [cuts.CROWD, cuts.XFS], ids=lambda one: one.name)
def test_a_recorder_that_boots_after_a_power_cut_plays_what_was_promised(guest, shoot, tmp_path, scene):  # S1, S2
    cutter = cuts.Cutter(shoot(scene), SEED, tmp_path)
    for behind in cutter.places(IN_GUEST):
        image, cut = cutter.cut(behind)
        verdict = cuts.examine_in_guest(guest, image, cutter.case(behind))
        assert verdict.faults == [], (behind, cut.luck)
        assert verdict.recovery_s < cuts.RECOVERY_S
        assert verdict.found >= verdict.promised > 0 or behind < cutter.promises[0][0]
