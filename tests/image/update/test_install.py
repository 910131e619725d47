"""An update from a stick into the other slot and back, and how all else is refused: one machine, in this order."""

import pytest

from hal.client.firmware import Permit, sign
from tests.image.machine import BUILT
from tests.image.update import bundles
from tests.image.update.bench import Laps
from tests.image.update.conftest import CHANNELS, READY
from tests.peers.rauc import changed

AUTHORITY = "signed by somebody whom this recorder does not know"


@pytest.fixture(scope="module")
def bench(standing):
    """Give a machine in slot A."""
    standing.thaw(READY)
    return standing


def test_only_root_may_ask_rauc(bench):
    said = bench.run("runuser -u nightjar-web -- rauc status 2>&1", check=False)
    assert "boot status" not in said
    asked = "rauc status mark-good booted && rauc status --output-format=shell | grep -c BOOT_STATUS_.*good"
    assert bench.run(asked).strip().endswith("1")


def test_what_runs_is_called_good_at_an_ordinary_start(bench):
    told = bench.shell.poll("cat /boot/env/grubenv", until=lambda one: "A_TRY=0" in one, timeout_s=1200)
    assert "ORDER=A B" in told


@pytest.mark.covers("D-MNT-15.1")
@pytest.mark.parametrize("kind", ["foreign", "board", "older", "cut", "damaged", "altered", "no_bundle"])
def test_what_is_not_for_this_recorder_is_refused_in_words(bench, workshop, foreign, kind):
    keys = workshop.parent / "keys"
    good = bundles.small(workshop / "small.raucb", keys, version="0.2.0")
    whole = good.read_bytes()
    path = workshop / f"{kind}.bad"
    match kind:
        case "foreign":
            words = AUTHORITY
            bundles.small(path, foreign, version="0.2.0")
        case "board":
            words = "for another model (nightjar-other)"
            bundles.small(path, keys, version="0.2.0", board="nightjar-other")
        case "older":
            words = "Version 0.0.9 is older than the one that runs"
            bundles.small(path, keys, version="0.0.9")
        case "cut":
            words = "The end of the file is missing"
            path.write_bytes(whole[: len(whole) // 2])
        case "damaged":
            words = "The file is damaged"
            changed(path, good, 4096 + 77)
        case "altered":
            words = "The file was changed after it was signed"
            changed(path, good, whole.rfind(b"compatible=nightjar") + 12)
        case _:
            words = "This file is no update of ours"
            path.write_bytes(b"a film named like a bundle" * 1000)
    bench.shell.send(path, "/tmp/sent.raucb")
    status, said = bench.ask("update", "file", "/tmp/sent.raucb")
    assert status != 0
    assert words in said
    assert bench.run("find /var/lib/nightjar-admin/vault /var/lib/nightjar/state/updates -type f") == ""


def test_what_was_swapped_after_it_was_checked_is_not_installed(bench, workshop):
    good = bundles.small(workshop / "small.raucb", workshop.parent / "keys", version="0.2.0")
    other = bundles.small(workshop / "other.raucb", workshop.parent / "keys", version="0.2.1")
    bench.shell.send(good, "/tmp/sent.raucb")
    assert bench.ask("update", "file", "/tmp/sent.raucb")[0] == 0
    bench.shell.send(other, "/tmp/other.raucb")
    bench.run(
        "for one in /var/lib/nightjar-admin/vault/*.raucb; do cp --remove-destination /tmp/other.raucb $one; done"
    )
    bench.install()
    told = bench.stands(lambda one: not one["busy"])
    assert told["phase"] == "failed"
    assert "swapped" in told["words"]
    assert bench.slot == "A"
    assert bench.environment["ORDER"] == "A B"


@pytest.mark.covers("D-MNT-15", "D-MNT-15.2", "D-MNT-09")
def test_it_is_installed_into_the_other_slot_and_kept_once_all_is_as_it_was(bench, image):
    bench.plug(image("good"))
    bench.recording(len(CHANNELS))
    # A clock that nobody set refuses nothing that is good.
    bench.run("date -s @86400")
    laps = Laps()
    told = bench.check(image("good"))
    assert (told["phase"], told["bundle"]["version"], told["bundle"]["signer"]) == ("checked", "0.2.0", "development")
    laps.lap("checking")
    bench.install()
    bench.await_restart()
    laps.lap("installing")
    assert bench.switch_on() == 1
    assert bench.slot == "B"
    assert bench.environment["B_TRY"] == "1"
    told = bench.judged()
    laps.lap("starting and being judged")
    assert (told["phase"], told["version"]) == ("good", "0.2.0"), told
    assert bench.environment == {"ORDER": "B A", "A_OK": "1", "A_TRY": "0", "B_OK": "1", "B_TRY": "0"}
    bench.recording(len(CHANNELS))
    bench.picture("good")
    assert "0.2.0" in bench.ask("status", "--json")[1]


@pytest.mark.covers("D-MNT-17")
def test_both_updates_on_a_stick_that_is_in_at_the_start_are_offered(bench, image):
    bench.kill()
    bench.insert(image("panics"), image("before"))
    bench.switch_on()
    told = bench.stands(lambda one: len(one["found"]) == 2)
    assert {one["name"] for one in told["found"]} == {"nightjar/panics.raucb", "nightjar/before.raucb"}
    assert (told["version"], told["development"], told["problem"]) == ("0.2.0", True, "")
    assert "found" in bench.ask("status", "--json")[1]


@pytest.mark.covers("D-MNT-15.3")
def test_a_firmware_that_panics_gives_way_after_three_tries_and_it_is_said_why(bench, image):
    bench.recording(len(CHANNELS))
    assert bench.slot == "B"
    told = bench.check(image("panics"))
    assert told["phase"] == "checked", told
    bench.install()
    bench.await_restart()
    laps = Laps()
    assert bench.switch_on() == 4, "three tries, and the one before"
    assert bench.slot == "B"
    told = bench.judged()
    laps.lap("the way back")
    assert told["phase"] == "rolled_back"
    assert "went back to 0.2.0. The new version did not start" in told["words"]
    assert (bench.environment["ORDER"], bench.environment["A_OK"]) == ("B A", "0")
    bench.until("audit", "list", "--page", "update", wanted=lambda said: "did not start" in said)
    bench.recording(len(CHANNELS))
    bench.picture("rolled-back")


@pytest.mark.covers("D-MNT-15.1")
def test_back_in_slot_a_is_an_older_version_only_by_a_permit_for_it(bench, image):
    told = bench.check(image("before"))
    assert (told["phase"], bench.slot) == ("refused", "B")
    assert "Version 0.1.9 is older than the one that runs" in told["words"]
    key = (BUILT / "keys/permits.key").read_bytes()
    told = bench.check(image("before"), sign(Permit("another recorder", "0.1.9"), key))
    assert "The permit is not for this recorder and version 0.1.9" in told["words"]
    told = bench.check(image("before"), sign(Permit(told["recorder"], "0.1.9"), key))
    assert told["phase"] == "checked", told
    bench.install()
    bench.await_restart()
    assert bench.switch_on() == 1
    told = bench.judged()
    assert (told["phase"], told["version"], bench.slot) == ("good", "0.1.9", "A"), told
    assert bench.environment["ORDER"] == "A B"
    bench.recording(len(CHANNELS))
