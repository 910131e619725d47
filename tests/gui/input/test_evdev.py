"""Mouse, keyboards and remotes in the kernel's own bytes."""

import os
import threading
from pathlib import Path

import pytest

from gui.input import evdev
from gui.input.evdev import TAG, EvdevInput
from gui.input.keymap import BadKeymap, Keymap
from gui.input.remote import Remote
from gui.toolkit.event import Button, Key, KeyUp, Move, Press, Release, Wheel
from hal.client.input import KEY_CODES, HalError, parse
from tests.gui.rig import Rig

BOARDS = sorted(Path("board").glob("*/remote.toml"))
HEAD = bytes(16)  # when it was, which nobody asks for
REPORT = HEAD + bytes.fromhex("000000000000 0000")


def packed(kind, code, value):
    return HEAD + kind.to_bytes(2, "little") + code.to_bytes(2, "little") + value.to_bytes(4, "little", signed=True)


class Node:
    """An input device behind a pipe."""

    def __init__(self, keys=(), places=None):
        self.ear, self.mouth = os.pipe2(os.O_NONBLOCK)
        self._keys = frozenset(KEY_CODES[key] for key in keys)
        self.closed = False
        self._places = places

    def place_range(self):
        return self._places

    def fileno(self):
        return self.ear

    def keys(self):
        return self._keys

    def events(self):
        data = os.read(self.ear, 4096)
        if not data:
            raise OSError(19, "No such device")
        return parse(data)

    def close(self):
        self.closed = True

    def say(self, *events):
        os.write(self.mouth, b"".join(packed(*event) for event in events) + REPORT)

    def key(self, *names):
        for name in names:
            self.say((1, KEY_CODES[name], 1))
            self.say((1, KEY_CODES[name], 0))


REMOTE, KEYBOARD, MOUSE, TOUCH = (Path(f"/dev/input/event{number}") for number in range(1, 5))


class Desk(Rig):
    """A screen with a remote, a keyboard and a mouse."""

    def __init__(self):
        super().__init__()
        self.nodes = {
            REMOTE: Node(["KEY_OK", "KEY_UP"]),
            KEYBOARD: Node(["KEY_Q", "KEY_UP"]),
            MOUSE: Node(["BTN_LEFT"]),
            TOUCH: Node(["BTN_TOUCH"], ((0, 4095), (100, 1100))),
        }
        self.heard = []
        self.screen.handle = self.heard.append
        self.input = EvdevInput(self.screen, Remote(self.screen, lambda: 8), Keymap.common(), self.find, self.opened)
        self.input._look()

    def find(self, tag):
        assert tag == TAG
        return list(self.nodes)

    def opened(self, path):
        return self.nodes[path]

    def take(self, path):
        self.input._take(path)
        self.show()
        heard, self.heard[:] = list(self.heard), []
        return heard


@pytest.fixture
def desk():
    return Desk()


def test_keys_that_sdl_loses_arrive(desk):
    lost = ["KEY_OK", "KEY_RECORD", "KEY_EXIT", "KEY_NUMERIC_7", "KEY_CHANNELUP", "KEY_ZOOM"]
    desk.nodes[REMOTE].key(*lost)
    names = [event.name for event in desk.take(REMOTE) if isinstance(event, Key)]
    assert names == ["ok", "record", "back", "7", "page_up", "multi"]


def test_golden_bytes_of_a_remote(desk):
    # KEY_OK 0x160 pressed, a report, released, a report: struct input_event of a 64-bit kernel
    os.write(desk.nodes[REMOTE].mouth, HEAD + bytes.fromhex("01006001 01000000") + REPORT)
    os.write(desk.nodes[REMOTE].mouth, HEAD + bytes.fromhex("01006001 00000000") + REPORT)
    assert desk.take(REMOTE) == [Key("ok"), KeyUp("ok")]


def test_a_keyboard_types_with_shift_and_ctrl(desk):
    node = desk.nodes[KEYBOARD]
    node.key("KEY_A", "KEY_1", "KEY_SPACE", "KEY_ENTER")
    node.say((1, KEY_CODES["KEY_LEFTSHIFT"], 1))
    node.key("KEY_A", "KEY_1")
    node.say((1, KEY_CODES["KEY_LEFTSHIFT"], 0), (1, KEY_CODES["KEY_LEFTCTRL"], 1))
    node.key("KEY_S")
    node.say((1, KEY_CODES["KEY_LEFTCTRL"], 0), (1, KEY_CODES["KEY_DOWN"], 1), (1, KEY_CODES["KEY_DOWN"], 2))
    assert desk.take(KEYBOARD) == [
        Key("a", "a"),
        Key("1", "1"),
        Key("space", " "),
        Key("ok"),
        KeyUp("ok"),
        Key("A", "A", shift=True),
        Key("!", "!", shift=True),
        Key("s", ctrl=True),
        Key("down"),
        Key("down", repeat=True),
    ]


def test_a_touch_is_a_press_at_its_place_on_a_screen_of_any_size(desk):
    node = desk.nodes[TOUCH]
    node.say((1, 0x14A, 1), (3, 0, 4095), (3, 1, 600))
    node.say((1, 0x14A, 0))
    assert desk.take(TOUCH) == [Move(1279, 360), Press(1279, 360, Button.LEFT), Release(1279, 360, Button.LEFT)]
    desk.screen.resize((1920, 1080))
    node.say((3, 0, -77), (3, 1, 1100), (3, 47, 3))
    assert desk.take(TOUCH) == [Move(0, 1079)]


def test_a_touchpad_or_a_joystick_puts_the_pointer_nowhere(desk):
    desk.nodes[MOUSE].say((3, 0, 200), (3, 1, 200))
    assert desk.take(MOUSE) == []


def test_a_mouse_moves_clicks_and_turns(desk):
    node = desk.nodes[MOUSE]
    node.say((2, 0, 10), (2, 1, -20))
    node.say((1, 0x110, 1))
    node.say((1, 0x110, 0), (2, 8, -1))
    node.say((2, 0, -5000), (2, 1, 5000), (1, 0x111, 1))
    assert desk.take(MOUSE) == [
        Move(650, 340),
        Press(650, 340, Button.LEFT),
        Release(650, 340, Button.LEFT),
        Wheel(650, 340, -1),
        Move(0, 719),
        Press(0, 719, Button.RIGHT),
    ]


def test_a_device_that_is_pulled_is_given_back_and_one_that_comes_is_found(desk):
    os.close(desk.nodes[MOUSE].mouth)
    assert desk.take(MOUSE) == []
    assert desk.nodes[MOUSE].closed
    desk.nodes[MOUSE] = Node(["BTN_LEFT"])
    desk.input._look()
    desk.nodes[MOUSE].say((1, 0x110, 1))
    assert desk.take(MOUSE) == [Press(640, 360, Button.LEFT)]


def test_a_device_that_another_program_holds_stops_no_other(desk):
    def opened(path):
        raise HalError(f"{path}: another program holds it")

    desk.input._open = opened
    desk.nodes[Path("/dev/input/event9")] = Node()
    desk.input._look()
    desk.nodes[REMOTE].key("KEY_OK")
    assert desk.take(REMOTE) == [Key("ok"), KeyUp("ok")]


def test_the_thread_reads_and_ends(desk):
    desk.input.start()
    desk.nodes[REMOTE].key("KEY_MENU")
    while not desk.heard:
        desk.show()
    desk.input.close()
    assert desk.heard[:1] == [Key("menu")]
    assert all(node.closed for node in desk.nodes.values())


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.parent.name)
def test_the_remote_of_every_board_is_read(path):
    assert len(Keymap.read(path).names) > 20


def test_a_board_without_a_file_has_the_common_keys(tmp_path):
    assert Keymap.read(tmp_path / "remote.toml") == Keymap.common()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[keys]\nKEY_RED = "dance"', "cannot mean 'dance'"),
        ('[keys]\nKEY_TEAPOT = "ok"', "KEY_TEAPOT is no key"),
        (
            '[[protocols]]\nname = "x"\nprotocol = "nec"\n[protocols.scancodes]\n0x1 = "KEY_TEA"',
            "0x1 is no key: KEY_TEA",
        ),
        ("keys = 3", "keys a table"),
        ("[", "remote.toml"),
    ],
)
def test_a_wrong_keymap_is_told_with_its_file(tmp_path, text, told):
    path = tmp_path / "remote.toml"
    path.write_text(text)
    with pytest.raises(BadKeymap, match=r"remote\.toml") as error:
        Keymap.read(path)
    assert told in str(error.value)


def test_a_fault_ends_neither_mouse_nor_keys(monkeypatch, caplog):
    monkeypatch.setattr(evdev, "AGAIN_S", 0)
    desk, heard, faults = Desk(), threading.Event(), [ZeroDivisionError()]

    def find(tag):
        if faults:
            raise faults.pop()
        return desk.find(tag)

    desk.input._find = find
    post = desk.screen.post
    desk.screen.post = lambda do: (post(do), heard.set())
    desk.nodes[KEYBOARD].key("KEY_UP")
    desk.input.start()
    assert heard.wait(60)
    desk.input.close()
    desk.show()
    assert desk.heard[0] == Key("up", "")
    assert "input devices are opened anew" in caplog.text
