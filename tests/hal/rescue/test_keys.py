"""Keys of terminals: arrows, letters, and what is none."""

import pytest

from hal.rescue.keys import Key, Keys


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"\x1b[A\x1b[B\x1bOA\x1bOB", [Key.UP, Key.DOWN, Key.UP, Key.DOWN]),
        (b"a1\r\n", ["a", "1", Key.ENTER, Key.ENTER]),
        (b"\x7f\x08\x03", [Key.ERASE, Key.ERASE, Key.BACK]),
        (b"\x1b[15~x", ["x"]),
        (b"\x1b[1;5Cx", ["x"]),
        (b"\x1bzx", ["x"]),
        (b"\x1b\x1b[A", [Key.BACK, Key.UP]),
        (b"\x00\xff\xfe\x80\x05x", ["x"]),
        (b"\x1b[999999999999x", ["9", "9", "9", "9", "9", "9", "x"]),
    ],
)
def test_what_terminals_send_is_cut_into_keys(data, keys):
    assert list(Keys().feed(data)) == keys


def test_an_escape_alone_is_a_key_once_nothing_follows():
    keys = Keys()
    assert list(keys.feed(b"\x1b")) == []
    assert keys.waits
    assert list(keys.settle()) == [Key.BACK]
    assert not keys.waits
    assert list(keys.feed(b"a")) == ["a"]
