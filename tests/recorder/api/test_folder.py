"""A folder at the recorder that a caller chose: whose choice makes a USB stick ready to be written."""

from types import SimpleNamespace

import pytest

from recorder.accounts.caller import Role
from recorder.api.folder import chosen_folder
from recorder.client.instance import Instance
from recorder.control.export_place import BadFolder


@pytest.mark.covers("D-BKP-04")
@pytest.mark.parametrize(
    ("role", "at_the_screen", "opened"), [(Role.USER, True, True), (Role.OWNER, False, True), (Role.USER, False, False)]
)
def test_a_stick_is_made_ready_for_who_is_at_the_screen_or_owns_the_machine(tmp_path, role, at_the_screen, opened):
    stick = tmp_path / "stick"
    stick.mkdir()
    asked = []
    sticks = SimpleNamespace(open_for_writing=asked.append, places=(stick,))
    control = SimpleNamespace(instance=Instance(tmp_path / "data"), sticks=sticks)
    caller = SimpleNamespace(door=SimpleNamespace(is_local=at_the_screen), role=role)
    if opened:
        assert chosen_folder(control, caller, str(stick)) == stick
    else:
        with pytest.raises(BadFolder):
            chosen_folder(control, caller, str(stick))
    assert asked == ([str(stick)] if opened else [])
