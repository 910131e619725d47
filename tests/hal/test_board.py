import pytest

from hal.board import Board, read_board_file
from hal.errors import BadBoard, Offline

GOOD = 'id = "x"\ntitle = "X"\n'
RELAY = '[[device]]\nkind = "relay"\nname = "A"\ndriver = "simulated"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + RELAY.replace("simulated", "ghost"), ":3: there is no driver 'ghost'"),
        (GOOD + RELAY.replace("simulated", "../relay"), ":3: .*is not a name"),
        (GOOD + RELAY.replace("relay", "teapot"), ":3: there is no driver"),
        (GOOD + RELAY * 2, ":7: relay A stands twice"),
        (GOOD + RELAY + "colour = 3\n", ":3: relay A: .*colour"),
        (GOOD + RELAY.replace('name = "A"\n', ""), ":3: a device needs a name"),
        (GOOD + "colour = 3\n", ":3: .*colour"),
        ('title = "X"\nid = 3\n', ":2: .*id"),
        ('id = "x"\n', "title"),
        (GOOD + '[probe.dmi]\nvendor = "X"\n', ":[34]: .*vendor"),
        (GOOD + '[probe]\ncompatible = "x"\n', ":4: .*compatible"),
        (GOOD + "[cooling]\nCPU = [[40, 20], [60, true]]\n", ":[34]: .*cooling"),
        (GOOD + GOOD, "line 3"),
        ("= \n", "line 1"),
    ],
)
def test_a_wrong_board_is_told_with_file_and_place(tmp_path, text, told):
    path = tmp_path / "board.toml"
    path.write_text(text)
    with pytest.raises(BadBoard, match=told) as error:
        read_board_file(path)
    assert str(path) in str(error.value)


def test_a_device_that_was_closed_is_offline_with_a_reason(tmp_path):
    (tmp_path / "board.toml").write_text(GOOD + RELAY)
    with Board.read(tmp_path) as board:
        relay = board.device("relay", "A")
        board.ask("relay", "A", "switch", {"closed": True}).result(5)
    assert (relay.state.online, relay.state.closed, relay.state.reason) == (False, False, "closed")
    with pytest.raises(Offline, match="closed"):
        relay.switch(closed=True)
