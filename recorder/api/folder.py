"""The folder at the recorder that a caller chose for files; one on a USB stick is made ready to be written."""

from pathlib import Path

from recorder.accounts.caller import Caller, Role
from recorder.control.control import Control
from recorder.control.export_place import check_name, chosen_directory


def chosen_folder(control: Control, caller: Caller, named: str) -> Path:
    """Check the folder. Blocks while a stick is mounted; raises `BadFolder`, `StickNotWritten`."""
    check_name(named)
    local, owner = caller.door.is_local, caller.role is Role.OWNER
    if local or owner:
        control.sticks.open_for_writing(named)
    return chosen_directory(control.instance, named, local=local, owner=owner, sticks=control.sticks.places)
