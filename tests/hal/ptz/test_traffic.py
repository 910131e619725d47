"""A stop always follows a move, whatever the order of requests, failures and time. A dome that sees bytes judges."""

import errno

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hal.buses.serial import SerialSettings
from hal.errors import BadRequest, HalError, Unsupported
from hal.kinds.ptz_bus import HELD_S, Action, Dome, PtzProtocol, Quirk
from hal.machine import Machine
from hal.protocols.ptz import protocol_of
from hal.protocols.ptz.bus import LinePtzBus
from hal.protocols.ptz.traffic import MOST_DEEDS, MOST_DOMES, Motion, Traffic
from hal.simulated.dome import SimulatedDome
from hal.simulated.ptz_bus import DomeLine
from tests.hal.fakes.clock import Clock, let_pass

SLACK_S = 0.6
"""Pauses after other frames, and those of the stop itself."""
PROTOCOLS = [PtzProtocol.PELCO_D_EXTENDED, PtzProtocol.PELCO_P, PtzProtocol.VISCA, PtzProtocol.DH_SD2]


class FailingLine(DomeLine):
    """Fails at its n-th write, before or after the frame went out."""

    def __init__(self, domes):
        super().__init__(domes)
        self.writes = 0
        self.fails_at = {}

    def write(self, data):
        self.writes += 1
        how = self.fails_at.get(self.writes)
        if how == "before":
            raise OSError(errno.EIO, "unplugged")
        super().write(data)
        if how == "after":
            raise OSError(errno.EIO, "unplugged")


class Bus(LinePtzBus):
    def __init__(self, clock, fails_at):
        super().__init__("PTZ", Machine(monotonic_s=clock, sleep_s=clock.sleep), SerialSettings())
        self.domes = {address: SimulatedDome(address, clock) for address in (1, 2)}
        self.cable = FailingLine(self.domes)
        self.cable.fails_at = fails_at

    def open_line(self, settings):
        return Kept(self.cable)


class Kept:
    """The cable, which outlives its being let go."""

    def __init__(self, cable):
        self.write, self.read, self.fileno = cable.write, cable.read, cable.fileno

    def close(self):
        pass


def opened(bus):
    """Open, as the worker does again and again."""
    for _again in range(20):
        try:
            bus.open()
        except (HalError, OSError) as error:
            bus.close()
            bus.go_offline(str(error))
        else:
            return


DEEDS = [Action.PRESET_GOTO, Action.PRESET_SET, Action.AUX_ON, Action.MENU_UP, Action.MENU_ENTER]
share = st.sampled_from([-1.0, -0.3, 0.0, 0.0, 0.5, 1.0])
moves = st.builds(Motion, share, share, share, share)
domes = st.builds(Dome, st.sampled_from([1, 2]), st.sampled_from(PROTOCOLS))
steps = st.one_of(
    st.tuples(st.just("move"), domes, moves),
    st.tuples(st.just("move"), domes, moves),
    st.tuples(st.just("stop"), domes),
    st.tuples(st.just("act"), domes, st.sampled_from(DEEDS)),
    st.tuples(st.just("wait"), st.floats(0, 3)),
    st.tuples(st.just("close")),
)


@settings(max_examples=300)
@given(
    st.lists(steps, min_size=1, max_size=25),
    st.dictionaries(st.integers(1, 60), st.sampled_from(["before", "after"]), max_size=6),
)
def test_a_stop_follows_every_move(done, fails_at):
    clock = Clock()
    bus = Bus(clock, fails_at)
    opened(bus)
    held_s = {1: clock.now_s, 2: clock.now_s}
    for what, *args in done:
        try:
            if what == "wait":
                passed(bus, clock, args[0], held_s)
            elif what == "close":
                bus.close()
                bus.go_offline("closed")
            elif what == "move":
                motion = args[1]
                bus.move(dome=args[0], pan=motion.pan, tilt=motion.tilt, zoom=motion.zoom, focus=motion.focus)
                held_s[args[0].address] = clock.now_s
            elif what == "stop":
                bus.stop(dome=args[0])
            else:
                bus.act(dome=args[0], action=args[1], number=1)
                held_s[args[0].address] = clock.now_s
        except (BadRequest, Unsupported):
            pass  # another protocol was tried while it moves, or it has no menu
        except HalError as error:
            bus.close()
            bus.go_offline(str(error))
        if not bus.state.online:
            # What moves while the line is lost is stopped when it is back: not held meanwhile.
            opened(bus)
            held_s = dict.fromkeys(held_s, clock.now_s)
    fails_at.clear()
    opened(bus)
    passed(bus, clock, 5.0, {})
    assert not any(dome.turning for dome in bus.domes.values())
    bus.close()
    bus.cable.close()


def passed(bus, clock, seconds, held_s):
    """Let time pass in small steps; on a sound line no dome turns that nobody holds."""
    end_s = clock.now_s + seconds
    while clock.now_s < end_s:
        try:
            let_pass(bus, clock, min(0.1, end_s - clock.now_s))
        except (HalError, OSError) as error:
            bus.close()
            bus.go_offline(str(error))
            opened(bus)
            held_s.update(dict.fromkeys(held_s, clock.now_s))
        for address, since_s in held_s.items():
            if clock.now_s > since_s + HELD_S + SLACK_S and bus.state.online:
                bus.domes[address].run()
                assert not bus.domes[address].turning, f"{address} turns {clock.now_s - since_s:.1f} s"


D = protocol_of(Dome(1))
VISCA = protocol_of(Dome(1, PtzProtocol.VISCA))
LEFT, STOP = "ff01000400" + "0005", "ff010000000001"


def drained(traffic, clock, until_s):
    """What goes out by then, each with its time."""
    out, end_s = [], clock.now_s + until_s
    while (wanted_s := traffic.wanted_s()) is not None and wanted_s <= end_s:
        clock.now_s = max(clock.now_s, wanted_s)
        traffic.send(lambda frame: out.append((round(clock.now_s - 1000, 3), frame.hex())), clock)
    clock.now_s = end_s
    return out


@pytest.mark.covers("D-PTZ-02.3")
def test_a_stop_overtakes_moves_and_these_overtake_presets():
    traffic, clock = Traffic(), Clock()
    traffic.act(1, D, Action.PRESET_SET, n=1)
    traffic.act(2, D, Action.PRESET_GOTO, n=1)
    traffic.move(1, D, Motion(pan=-0.001), clock.now_s)
    traffic.stop(2, D)
    frames = [frame for _when, frame in drained(traffic, clock, 0.4)]
    assert frames == ["ff020000000002", "ff020000000002", LEFT, "ff010003000105"]


def test_frames_keep_their_pauses():
    traffic, clock = Traffic(), Clock()
    traffic.act(1, D, Action.PRESET_SET, n=1)
    traffic.act(1, D, Action.AUX_ON, n=1)
    traffic.move(2, D, Motion(pan=1), clock.now_s)
    times = [when for when, _frame in drained(traffic, clock, 0.45)]
    assert times == [0, 0.04, 0.34]


def test_a_held_move_is_said_again_and_ends_two_seconds_after_the_last_request():
    traffic, clock = Traffic(), Clock()
    traffic.move(1, D, Motion(pan=-0.001), clock.now_s)
    said = drained(traffic, clock, 1.2)
    traffic.move(1, D, Motion(pan=-0.001), clock.now_s)
    said += drained(traffic, clock, 5)
    assert [when for when, frame in said if frame == LEFT] == [0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert [when for when, frame in said if frame == STOP] == [3.2, 3.24]
    assert traffic.wanted_s() is None


@pytest.mark.covers("D-PTZ-10")
@pytest.mark.parametrize("protocol", [PtzProtocol.PELCO_D_EXTENDED, PtzProtocol.PELCO_P])
@pytest.mark.parametrize("action", [Action.MENU_UP, Action.MENU_LEFT, Action.MENU_ENTER, Action.MENU_CLOSE])
def test_an_arrow_of_the_menu_is_let_go_of_so_that_a_dome_whose_menu_is_shut_does_not_turn_on(protocol, action):
    clock = Clock()
    bus = Bus(clock, {})
    bus.open()
    bus.act(dome=Dome(1, protocol), action=action)
    dome = bus.domes[1]
    assert dome.turning
    let_pass(bus, clock, 1.0)
    assert not dome.turning
    bus.act(dome=Dome(1, protocol), action=action)
    bus.close()
    assert not dome.turning
    bus.cable.close()


def test_what_a_dome_was_to_do_by_itself_is_forgotten_by_a_stop():
    traffic, clock = Traffic(), Clock()
    for action in (Action.AUX_ON, Action.PRESET_GOTO, Action.PRESET_SET):
        traffic.act(1, D, action, n=1)
    traffic.stop(1, D)
    assert "ff010007000109" not in [frame for _when, frame in drained(traffic, clock, 3)]


def test_a_zoom_that_goes_on_alone_stops_the_turning_only_where_frames_do_not_say_all():
    clock = Clock()
    for protocol, stopped in ((D, False), (VISCA, True)):
        traffic = Traffic()
        traffic.move(1, protocol, Motion(pan=1, zoom=1), clock.now_s)
        drained(traffic, clock, 0.3)
        traffic.move(1, protocol, Motion(zoom=1), clock.now_s)
        frames = [frame for _when, frame in drained(traffic, clock, 0.15)]
        assert any(frame in {STOP, "8101060101010303ff"} for frame in frames) is stopped
        assert frames[-1] in {"ff010020000021", "8101040727ff"}


def test_a_dome_that_moves_is_stopped_in_the_words_that_moved_it():
    traffic, clock = Traffic(), Clock()
    traffic.move(1, VISCA, Motion(pan=1), clock.now_s)
    drained(traffic, clock, 0.1)
    with pytest.raises(BadRequest, match="is moving"):
        traffic.move(1, D, Motion(pan=1), clock.now_s)
    traffic.stop(1, D)
    assert drained(traffic, clock, 1)[0][1] == "8101060101010303ff"


def test_more_than_a_line_can_do_is_refused_and_stops_still_go_out():
    traffic, clock = Traffic(), Clock()
    for _number in range(MOST_DEEDS):
        traffic.act(1, D, Action.PRESET_SET, n=1)
    with pytest.raises(BadRequest, match="wait for this line"):
        traffic.act(1, D, Action.PRESET_SET, n=1)
    traffic.stop(1, D)
    assert drained(traffic, clock, 0)[0][1] == STOP


def test_idle_domes_are_forgotten_and_moving_ones_never():
    traffic, clock = Traffic(), Clock()
    for address in range(1, MOST_DOMES + 1):
        traffic.move(address, D, Motion(pan=1), clock.now_s)
    with pytest.raises(BadRequest, match="are moving"):
        traffic.move(200, D, Motion(pan=1), clock.now_s)
    traffic.lost()
    drained(traffic, clock, 60)
    traffic.move(200, D, Motion(pan=1), clock.now_s)
    assert len(traffic.moving()) == MOST_DOMES


def test_quirks_change_how_a_dome_is_stopped():
    dome = Dome(1, PtzProtocol.PELCO_P, frozenset({Quirk.ADDRESS_FROM_ONE}))
    traffic, clock = Traffic(), Clock()
    traffic.stop(1, protocol_of(dome))
    assert drained(traffic, clock, 0)[0][1] == "a001000000" + "00af0e"
