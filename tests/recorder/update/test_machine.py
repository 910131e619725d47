"""The state machine of an update: its ways, and where the power's end at every write and every step leads (U1-U6)."""

from dataclasses import replace
from functools import partial

import pytest

from hal.client.firmware import Inspection, Refusal
from recorder.client.answers.update import Phase, Reason
from recorder.update import words
from recorder.update.machine import NothingChecked, UpdateBusy
from recorder.update.record import FILE, Record, RecordFile
from recorder.update.trial import MOST_BOOTS, PATIENCE_US, STEADY_US, Wrong
from tests.recorder.update.world import DIGEST, REFUSED, Off, PowerCut, World

ENDS = {Phase.IDLE, Phase.CHECKED, Phase.GOOD, Phase.REFUSED, Phase.FAILED, Phase.ROLLED_BACK}
MISSING = Wrong(Reason.CHANNELS, "Gate")


def nothing(_percent, _words):
    pass


def checked(update):
    update.found("a stick", "admin")
    update.check("ab.raucb", "", nothing)
    update.plan(DIGEST, 0, "admin")


def install(world, update):
    """Install, and start the machine anew; gives control as it starts then."""
    with pytest.raises(Off):
        update.install(lambda: (1, 2), nothing)
    return world.boot()


def live(world, update, health=lambda _world: (), seconds=2000):
    """Let control run until the update has ended, the machine starting anew as it is asked to."""
    for _second in range(seconds):
        try:
            if update.record.phase in ENDS:
                return update
            if not update.resume():
                update.trial.unknown(health(world))
            elif update.record.phase is Phase.TRIAL:
                update.trial.hear(health(world))
        except Off:
            update = world.boot()
        world.clock.advance(1)
    raise AssertionError(f"no end: {update.record}")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.covers("D-MNT-15.2")
def test_an_update_is_good_once_all_was_well_for_a_minute(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    assert (world.booted, update.record.phase) == ("B", Phase.REBOOT)
    assert world.backups == 1
    began = world.clock.monotonic_us()
    update = live(world, update)
    assert update.record.phase is Phase.GOOD
    assert world.clock.monotonic_us() - began >= STEADY_US
    assert world.slots["B"]["tries"] is None
    assert (update.record.version, update.record.to_version, update.record.seen) == ("1.0.0", "1.1.0", False)
    update.seen()
    assert world.control().record.seen


@pytest.mark.covers("D-MNT-15.2")
def test_a_channel_that_is_first_heard_of_while_it_is_installed_is_asked_for_afterwards(world):
    update = world.control()
    checked(update)
    heard = iter([(), (3, 1)])
    with pytest.raises(Off):
        update.install(lambda: next(heard), nothing)
    assert world.boot().record.channels == (1, 3)


@pytest.mark.covers("D-MNT-15.3")
def test_what_is_not_as_it_was_after_ten_minutes_is_rolled_back_with_its_reason(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    began = world.clock.monotonic_us()
    update = live(world, update, lambda one: (MISSING,) if one.booted == "B" else ())
    assert (update.record.phase, update.record.reason, world.booted) == (Phase.ROLLED_BACK, Reason.CHANNELS, "A")
    assert PATIENCE_US <= world.clock.monotonic_us() - began < PATIENCE_US + 10_000_000
    assert not world.slots["B"]["good"]
    assert "Gate" in words.words(update.record)
    assert "went back to 1.0.0" in words.words(update.record)


def test_what_is_well_now_and_then_is_not_good(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    flaps = lambda one: (MISSING,) if one.clock.now_us() // 1_000_000 % 50 == 0 else ()  # noqa: E731
    assert live(world, update, flaps).record.reason is Reason.CHANNELS


def test_a_firmware_that_never_comes_up_is_rolled_back_by_the_boot_loader_and_that_is_told(world):
    update = world.control()
    checked(update)
    world.starts = False
    update = live(world, install(world, update))
    assert (update.record.phase, update.record.reason) == (Phase.ROLLED_BACK, Reason.NOT_STARTED)
    assert world.boots == 4


def test_a_firmware_that_starts_anew_all_the_time_is_rolled_back(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    for _boot in range(MOST_BOOTS - 1):
        assert update.resume()
        update.trial.hear((MISSING,))
        update = world.boot()  # a watchdog, say
    assert world.booted == "B"
    update.resume()
    update = live(world, world.boot())
    assert (update.record.phase, update.record.reason, world.booted) == (Phase.ROLLED_BACK, Reason.NOT_STARTED, "A")


def test_tries_are_counted_by_us_too_where_the_boot_loader_does_not(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    for _boot in range(MOST_BOOTS):
        world.slots["B"]["tries"] = 3
        update.resume()
        update = world.boot()
    update = live(world, update)
    assert (update.record.phase, update.record.reason, world.booted) == (Phase.ROLLED_BACK, Reason.TRIES, "A")


def test_control_that_starts_anew_is_no_try(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    for _start in range(10):
        update = world.control()
        update.resume()
        assert len(update.record.boots) == 1
    assert live(world, update).record.phase is Phase.GOOD


def test_a_firmware_whose_hardware_service_is_gone_comes_back_by_the_boot_loader(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    world.sick = "B"
    update = live(world, update, lambda _one: (Wrong(Reason.HARDWARE),), seconds=3000)
    assert (update.record.phase, world.booted) == (Phase.ROLLED_BACK, "A")


@pytest.mark.parametrize("phase", [Phase.REBOOT, Phase.INSTALL])
def test_a_recorder_whose_slots_nobody_tells_does_not_start_anew_for_ever(world, phase):
    """The boot environment is lost: nothing counts the tries, and every ten minutes it started again."""
    update = world.control()
    checked(update)
    update = install(world, update)
    RecordFile(world.file).save(replace(update.record, phase=phase))
    world.sick = world.next = "A"
    world.slots["A"]["tries"] = None
    update = live(world, world.boot(), lambda _one: (Wrong(Reason.HARDWARE),), seconds=6000)
    assert (update.record.phase, world.booted) == (Phase.FAILED, "A")
    assert world.boots <= (1 if phase is Phase.INSTALL else MOST_BOOTS) + 3
    boots = world.boots
    for _second in range(2000):
        assert update.resume()
        world.clock.advance(1)
    assert world.boots == boots, "it runs on"
    if phase is Phase.REBOOT:
        assert update.record.reason is Reason.SLOTS_UNKNOWN


def test_where_nothing_else_is_good_the_new_one_stays(world):
    update = world.control()
    checked(update)
    update = install(world, update)
    world.slots["A"]["good"] = False
    update = live(world, update, lambda _one: (MISSING,))
    assert (update.record.phase, update.record.reason, world.booted) == (Phase.FAILED, Reason.NO_WAY_BACK, "B")
    assert world.slots["B"]["tries"] is None
    assert world.boot().record.phase is Phase.FAILED


def test_a_refused_bundle_is_never_installed(world):
    update = world.control()
    world.found = REFUSED
    update.found("a stick", "admin")
    update.check("ab.raucb", "", nothing)
    assert (update.record.phase, update.record.refusal) == (Phase.REFUSED, Refusal.FOREIGN)
    with pytest.raises(NothingChecked):
        update.plan(DIGEST, 0, "admin")
    with pytest.raises(NothingChecked):
        update.install(lambda: (), nothing)
    assert world.slots["B"]["version"] == "0.9.0"


def test_a_bundle_whose_settings_are_older_is_refused(world):
    update = world.control()
    world.found = replace(world.found, schema=6)
    update.found("a stick", "admin")
    update.check("ab.raucb", "", nothing)
    assert (update.record.phase, update.record.reason) == (Phase.REFUSED, Reason.SCHEMA)


def test_only_the_bundle_that_was_shown_is_installed(world):
    update = world.control()
    checked(update)
    with pytest.raises(NothingChecked):
        update.plan("cd" * 32, 0, "admin")


def test_one_update_at_a_time(world):
    update = world.control()
    update.found("a stick", "admin")
    with pytest.raises(UpdateBusy):
        update.found("another", "admin")
    with pytest.raises(UpdateBusy):
        update.forget()


def test_what_fails_while_it_is_installed_leaves_all_as_it_was(world):
    update = world.control()
    checked(update)
    world.install_error = "no room in the slot"
    update.install(lambda: (1,), nothing)
    assert (update.record.phase, update.record.reason) == (Phase.FAILED, Reason.INSTALL)
    assert "no room in the slot" in words.words(update.record)
    world.boot()
    assert world.booted == "A"


def test_settings_that_cannot_be_put_by_begin_nothing(world):
    def full():
        raise OSError(28, "No space left on device")

    world.back_up = full
    update = world.control()
    checked(update)
    update.install(lambda: (1,), nothing)
    assert (update.record.phase, update.record.reason) == (Phase.FAILED, Reason.BACKUP)
    assert world.slots["B"]["version"] == "0.9.0"


@pytest.mark.parametrize("phase", [Phase.BACKUP, Phase.INSTALL, Phase.ARMED])
def test_a_record_that_could_not_be_written_keeps_nobody_from_the_next_update(world, phase):
    """A partition that is full: control stood in this phase until it was started anew, busy with nothing."""
    update = world.control()
    checked(update)
    filling = {Phase.BACKUP: "back_up", Phase.INSTALL: "install", Phase.ARMED: "start_next"}[phase]
    before = getattr(world, filling)

    def fills(*told):
        before(*told)
        world.full = True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, filling, partial(fills))
        update = world.control()
        with pytest.raises(OSError, match="No space left"):
            update.install(lambda: (1,), nothing)
    assert update.record.phase is phase
    update.look_again()
    with pytest.raises(OSError, match="No space left"):
        update.resume()
    world.full = False
    update = live(world, world.control()) if phase is Phase.ARMED else update
    update.look_again()
    update.resume()
    assert update.record.phase is (Phase.GOOD if phase is Phase.ARMED else Phase.FAILED)
    assert not update.record.busy


def test_who_came_back_to_the_old_firmware_never_calls_the_new_one_good(world):
    """The record could not be written when it came back; what ran then was watched as if it were the new one."""
    update = world.control()
    checked(update)
    world.starts = False
    update = install(world, update)
    world.full = True
    for _second in range(120):
        with pytest.raises(OSError, match="No space left"):
            update.resume()
        assert not update.resumed
        world.clock.advance(1)
    assert not world.slots["B"]["good"]
    world.full = False
    update = live(world, update)
    assert (update.record.phase, world.slots["B"]["good"]) == (Phase.ROLLED_BACK, False)


def test_an_installed_update_whose_restart_never_comes_asks_for_it_again(world):
    world.stays_up = True
    update = world.control()
    checked(update)
    update.install(lambda: (1,), nothing)
    assert (update.record.phase, world.restarts) == (Phase.REBOOT, 1)
    for _second in range(61):
        update.look_again()
        update.resume()
        world.clock.advance(1)
    assert world.restarts == 2
    world.stays_up = False
    world.clock.advance(60)
    update.look_again()
    with pytest.raises(Off):
        update.resume()
    assert live(world, world.boot()).record.phase is Phase.GOOD


def test_a_bundle_that_was_checked_before_takes_no_room_from_the_next_one(world):
    """It stayed beside the next one: a small disk had no room for two, and so never again for any."""
    update = world.control()
    checked(update)
    before = world.discarded
    update.found("another stick", "admin")
    assert world.discarded == before + 1


def test_a_record_that_cannot_be_read_counts_as_none_and_that_is_told(tmp_path):
    for damaged in (b"", b"{", b'{"phase": "dancing"}', b"\xff" * 100, b"[]"):
        (tmp_path / FILE).write_bytes(damaged)
        record = RecordFile(tmp_path / FILE).load()
        assert (record.phase, record.reason, record.seen) == (Phase.FAILED, Reason.UNREADABLE, False)


def test_every_end_has_its_words():
    for phase in Phase:
        for reason in Reason:
            for refusal in Refusal:
                if phase is Phase.REFUSED and not refusal and not reason:
                    continue
                told = words.words(Record(phase, refusal=refusal, reason=reason, version="1", to_version="2"))
                assert told.strip(), (phase, reason, refusal)
                assert "{" not in told


def test_a_signature_that_could_not_be_checked_is_told_with_what_happened(world):
    world.found = Inspection(Refusal.NO_RAUC, detail="rauc did not end within 90 s")
    update = world.control()
    update.found("a stick", "admin")
    update.check("ab.raucb", "", nothing)
    told = words.words(update.record)
    assert told.startswith("The signature could not be checked: rauc did not end within 90 s. Try again")


def whole(world):
    """One update from its beginning to its end, which something may cut."""
    update = world.control()
    checked(update)
    try:
        update.install(lambda: (1, 2), nothing)
    except Off:
        update = world.boot()
    return live(world, update)


def effects(tmp_path, **about):
    (tmp_path / "counted").mkdir()
    world = World(tmp_path / "counted", **about)
    whole(world)
    return world.effects


@pytest.mark.covers("D-MNT-15.4")
@pytest.mark.parametrize("lucky", [False, True], ids=["lost", "kept"])
def test_a_power_cut_at_any_write_ends_in_a_state_that_is_known_and_in_a_slot_that_starts(tmp_path, lucky):  # U1-U3
    last = effects(tmp_path)
    assert last > 25
    ends = set()
    for cut in range(1, last + 1):
        place = tmp_path / f"{cut}"
        place.mkdir()
        world = World(place, cut_after=cut, lucky=lucky)
        try:
            update = whole(world)
        except PowerCut:
            update = live(world, world.boot())
        record = update.record
        ends.add(record.phase)
        assert record.phase in ENDS, (cut, record)
        assert world.slots[world.booted]["version"] in {"1.0.0", "1.1.0"}, (cut, "half an image runs")
        # What is said is so, and stays so at the next start.
        runs = "1.1.0" if record.phase is Phase.GOOD else "1.0.0"
        assert world.slots[world.booted]["version"] == runs, (cut, record)
        after = live(world, world.boot())
        assert (after.record.phase, world.slots[world.booted]["version"]) == (record.phase, runs), cut
        # Nothing stands in the way of the next one.
        if record.phase is not Phase.GOOD:
            assert whole(world).record.phase is Phase.GOOD, cut
    assert ends >= {Phase.FAILED, Phase.GOOD, Phase.CHECKED}


@pytest.mark.parametrize("lucky", [False, True], ids=["lost", "kept"])
def test_a_power_cut_while_it_is_rolled_back_ends_where_it_began(tmp_path, lucky):  # U5
    sick = lambda one: (MISSING,) if one.booted == "B" else ()  # noqa: E731
    (tmp_path / "counted").mkdir()
    world = World(tmp_path / "counted")
    update = world.control()
    checked(update)
    update = install(world, update)
    before = world.effects
    live(world, update, sick)
    for cut in range(before + 1, world.effects + 1):
        place = tmp_path / f"{cut}"
        place.mkdir()
        again = World(place, cut_after=cut, lucky=lucky)
        update = again.control()
        checked(update)
        update = install(again, update)
        try:
            update = live(again, update, sick)
        except PowerCut:
            update = live(again, again.boot(), sick)
        assert (update.record.phase, again.booted) == (Phase.ROLLED_BACK, "A"), cut


def test_what_runs_is_called_good_once_since_the_boot_loader_counts_every_start(world):
    world.slots["A"]["tries"] = 2
    update = world.control()
    update.settle()
    assert world.slots["A"]["tries"] is None
    world.slots["A"]["tries"] = 2
    update.settle()
    assert world.slots["A"]["tries"] == 2
    again = world.control()
    again.settle()
    assert world.slots["A"]["tries"] is None


def test_what_runs_is_called_good_as_soon_as_somebody_can_tell_what_runs(world):
    world.slots["A"]["tries"] = 2
    world.sick = "A"
    update = world.control()
    update.settle()
    assert world.slots["A"]["tries"] == 2
    world.sick = ""
    update.settle()
    assert world.slots["A"]["tries"] is None


def test_the_boot_loader_leaves_what_it_came_back_from_alone(world):
    update = world.control()
    checked(update)
    world.starts = False
    update = live(world, install(world, update))
    assert update.record.reason is Reason.NOT_STARTED
    assert (world.slots["B"]["good"], world.next) == (False, "A")


def test_a_machine_that_does_not_start_anew_is_asked_again(world, monkeypatch):
    update = world.control()
    checked(update)
    update = install(world, update)
    asked = []
    monkeypatch.setattr(world, "restart", lambda *_self: asked.append(world.clock.now_us()))
    update = world.control()
    update.resume()
    for _second in range(900):
        update.trial.hear((MISSING,))
        world.clock.advance(1)
    assert len(asked) > 2
    assert update.record.reason is Reason.CHANNELS
    monkeypatch.undo()
    assert live(world, world.boot()).record.phase is Phase.ROLLED_BACK
