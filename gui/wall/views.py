"""The live views of the wall: one for each channel in sight, asked for in the size of its tile."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from gui.wall.causes import of_camera_clock
from gui.wall.moments import day, time_of_day
from gui.wall.pictures import LiveView, Pictures
from gui.wall.showing import EMPTY, Health, Show, name_of, preferred, records, showing, streams_of
from gui.wall.splits import Box, letterbox, shape
from gui.wall.strip import Words
from gui.wall.tile import Tile
from recorder.client.status import MediaStatus


class Views:
    """Keeps views by channel, so that a picture stays while its tile moves, grows or changes the stream."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._views: dict[int, LiveView] = {}
        self._pictured_us: dict[int, int] = {}
        """When the newest picture of each channel came (UTC)."""
        self._asked_us: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._views)

    def give(self, tiles: Sequence[Tile], now_us: int) -> None:
        """Give each tile the view of its channel; views that no tile shows are closed."""
        shown = {tile.channel for tile in tiles}
        for channel in [one for one in self._views if one not in shown]:
            self._views.pop(channel).close()
            self._pictured_us.pop(channel, None)
            self._asked_us.pop(channel, None)
        for tile in tiles:
            if tile.channel is None:
                continue
            if tile.channel not in self._views:
                self._views[tile.channel] = self._pictures.live(tile.channel)
                self._asked_us[tile.channel] = now_us
            tile.live = self._views[tile.channel]

    def ask(self, tiles: Sequence[Tile], status: MediaStatus | None, mains: Collection[int] = ()) -> None:
        """Ask for each tile's stream at the size in which it is shown, so that nothing is scaled here.

        `mains` are channels whose main stream is taken however small their tiles are. Before media has told which
        streams there are, any that was asked for might be the wrong one.
        """
        if status is None:
            return
        for tile in tiles:
            if tile.live is None or tile.channel is None or not tile.rect.width:
                continue
            streams = streams_of(status, tile.channel)
            stream = preferred(streams, large=len(tiles) == 1 or tile.channel in mains)
            known, told = streams.get(stream), tile.live.state
            size = (known.width, known.height) if known is not None else (0, 0)
            if not all(size) and told is not None and tile.live.stream is stream:
                size = told.width, told.height
            place = Box(*tile.rect)
            box = letterbox(place, *shape(*size)) if all(size) else place
            tile.live.want(stream, box.width, box.height, tile.closeup.zoom.part)

    def look(self, tiles: Sequence[Tile], now_us: int) -> list[Tile]:
        """Look for new pictures in one pass; give the tiles that have to change what they show."""
        changed: list[Tile] = []
        for tile in tiles:
            if tile.look() and tile.channel is not None:
                self._pictured_us[tile.channel] = now_us
                if tile.showing.show is not Show.PICTURE:
                    changed.append(tile)
        return changed

    def show(self, tile: Tile, status: MediaStatus | None, health: Health) -> None:
        """Have a tile show what is so now."""
        channel, live = tile.channel, tile.live
        if channel is None or live is None:
            tile.show(EMPTY, tile.words)
            return
        streams = streams_of(status, channel)
        stream = streams.get(live.stream) if live.stream is not None else None
        pictured_us, asked_us = self._pictured_us.get(channel), self._asked_us.get(channel, 0)
        told = showing(stream, live.state, pictured_us, asked_us, health)
        if told.show is Show.SHEET:
            # When the camera is back, its old picture must not pass for a new one.
            self._pictured_us.pop(channel, None)
        recording = told.recording or (records(streams.values()) and health.media_lost_us is None)
        beside = None
        if told.show is Show.PICTURE and health.media_lost_us is None:
            beside = of_camera_clock(streams.values(), health.now_us, health.zone)
        told = replace(told, recording=recording, beside=beside)
        clock, date = time_of_day(health.now_us, health.zone), day(health.now_us, health.zone)
        words = Words(name_of(status, channel), clock, date, recording, told.keys_only)
        tile.show(told, replace(words, beside=beside.words) if beside is not None else words)

    def close(self) -> None:
        """Give all back."""
        for view in self._views.values():
            view.close()
        self._views.clear()
