"""The shortcut menu of the wall: by the right button, or the menu key (D-LIVE-17)."""

from typing import TYPE_CHECKING

from gui.dialogs.menu import Item, Menu
from gui.toolkit.event import By
from gui.wall.splits import OFFERED
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.wall.page import Wall

_ICONS = {1: "split_1", 4: "split_4", 9: "split_9", 16: "split_16"}


def wall_menu(wall: "Wall") -> None:
    """Open the menu at the pointer, or on the chosen tile when keys are used."""
    screen = wall.screen
    at = screen.pointer
    if screen.last_by is By.KEY and screen.focus is not None:
        at = screen.focus.rect.center
    screen.navigator.push(Menu(items(wall), at=at, name="wall-menu"))


def items(wall: "Wall") -> list[Item]:
    """Give the lines of the menu for the wall as it stands."""
    channel = wall.arrangement.chosen
    lines: list[Item] = []
    if channel is not None:
        lines += _of_channel(wall, channel)
    if wall.arrangement.order:
        lines.append(_view(wall, line=bool(lines)))
        if wall.arrangement.pages > 1:
            lines += [
                Item(_("Next page"), lambda: wall.turn(1), icon="right"),
                Item(_("Previous page"), lambda: wall.turn(-1), icon="left"),
            ]
    lines.append(Item(_("Playback"), wall.playback, icon="search", line=bool(lines)))
    lines.append(Item(_("Add a camera"), wall.doors.add_camera, icon="add"))
    lines.append(Item(_("Main menu"), wall.doors.main_menu, icon="menu", line=True))
    return lines


def _closer(wall: "Wall") -> list[Item]:
    """Give the lines for looking at a part of the only picture: what there is for who has no wheel."""
    closeup = wall.tiles[0].closeup
    if len(wall.tiles) > 1 or closeup.limit <= 1:
        return []

    def closer() -> None:
        closeup.further()
        if not closeup.zoom.whole:
            wall.screen.notices.say(_("Arrows move, OK goes closer, Back shows all of it."))

    lines = [Item(_("Look closer"), closer, icon="zoom_in")]
    if not closeup.zoom.whole:
        lines.append(Item(_("Show all of the picture"), closeup.restore, icon="zoom_out"))
    return lines


def _of_channel(wall: "Wall", channel: int) -> list[Item]:
    single = wall.arrangement.single is not None
    lines = [
        Item(_("Back to the split"), wall.toggle_single, icon="back")
        if single
        else Item(_("Full screen"), wall.toggle_single, icon="full_screen"),
        *_closer(wall),
        *([Item(_("Turn the camera"), wall.steer, icon="ptz")] if channel in wall.doors.domes else []),
        *(
            Item(one.label, lambda one=one: wall.doors.press(one), icon="unlock")
            for one in wall.doors.buttons
            if one.channel == channel
        ),
        Item(_("Play the last minutes"), lambda: wall.doors.last_minutes(channel), icon="play"),
        Item(_("Snapshot"), lambda: wall.doors.snapshot(channel), icon="snapshot"),
        Item(_("Recording mode"), lambda: wall.doors.recording_mode(channel), icon="record"),
        Item(_("Channel settings"), lambda: wall.doors.channel_settings(channel), icon="settings"),
    ]
    if single and len(wall.arrangement.order) == 1:
        lines = lines[1:]
    beside = next((tile.showing.beside for tile in wall.tiles if tile.channel == channel), None)
    if beside is not None:
        told = f"{beside.words} {beside.doing} {beside.help}"
        lines.append(
            Item(beside.words.removesuffix("."), lambda: wall.doors.help(beside.short, told), icon="clock_off")
        )
    return lines


def _view(wall: "Wall", *, line: bool) -> Item:
    now = None if wall.arrangement.single is not None else wall.arrangement.grid.tiles
    return Item(
        _("View"),
        icon="split_4",
        line=line,
        items=tuple(
            Item(
                _("1 camera") if split == 1 else _("{count} cameras").format(count=split),
                lambda split=split: wall.choose_split(split),
                icon=_ICONS.get(split, "split_9"),
                chosen=split == now,
            )
            for split in OFFERED
        ),
    )
