import pytest

from hal.board import Board, read_board_file
from hal.errors import BadBoard, Offline

GOOD = 'id = "x"\ntitle = "X"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + '[[device]]\nkind = "relay"\nname = "A"\ndriver = "ghost"\n', "no driver 'ghost'"),
        (GOOD + '[[device]]\nkind = "relay"\nname = "A"\ndriver = "simulated"\n' * 2, "twice"),
        (GOOD + "colour = 3\n", "colour"),
        ("id = 3\n", "id"),
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
    path = tmp_path / "board.toml"
    path.write_text(GOOD + '[[device]]\nkind = "relay"\nname = "A"\ndriver = "simulated"\n')
    with Board(read_board_file(path)) as board:
        relay = board.device("relay", "A")
        relay.switch(closed=True)
    assert (relay.state.online, relay.state.closed, relay.state.reason) == (False, False, "closed")
    with pytest.raises(Offline, match="closed"):
        relay.switch(closed=True)
