"""Footage off a disk without anything but its blocks: damaged, read-only, encrypted, or a single file of it."""

import errno
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import av
import pytest

from recorder.cli import main
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.stream import Sample, SampleFlag, StreamKey
from recorder.store import Disk, StorePolicy, StoreWriter, initialise_disk, key_ring
from recorder.store.bare import Bare
from recorder.store.chunk import parse_head
from recorder.store.files import SystemFile
from recorder.store.key_ring import KeyRing
from recorder.store.layout import PAGE
from recorder.store.policy import DiskUse
from tests.recorder.decode.film import film

BOOT = "11111111-2222-3333-4444-555555555555"
FPS, PICTURES = 25, 750


class Filmed:
    """A stopped disk with real pictures of channel 2."""

    def __init__(self, place, *, encrypted=False, mirrored=False):
        self.disk = place / "disk"
        self.keys = KeyRing(Instance(place / "instance"))
        self.keys.make(1)
        self.made = film(PICTURES, gop=25)
        clock = ManualClock()
        initialise_disk(self.disk, size_bytes=8 << 20, block_bytes=96 << 10, name="one", clock=clock)
        disks, policy = [Disk(self.disk, clock)], StorePolicy(encrypted=encrypted)
        if mirrored:
            self.mirror = place / "mirror"
            number = initialise_disk(self.mirror, size_bytes=8 << 20, block_bytes=96 << 10, name="two", clock=clock)
            disks.append(Disk(self.mirror, clock))
            policy = StorePolicy(disks={number: DiskUse(pool=2)}, mirrors={StreamKey(2): 2})
        store = StoreWriter(disks, place / "state" / "i.sqlite", clock, BOOT, policy, threads=False, keys=self.keys)
        store.start()
        recorder = store.open_stream(StreamKey(2))
        self.sent = []
        for one in self.made.samples():
            sample = Sample(one.track, one.pts_us, clock.now_us(), one.flags, one.data)
            self.sent.append(sample)
            recorder.put(sample, self.made.epoch)
            clock.advance(1 / FPS)
            store.step()
        store.close()

    def times(self, path):
        """When each picture in a file is shown, in µs since the first sample."""
        with av.open(str(path)) as container:
            packets = [one for one in container.demux(video=0) if one.pts is not None]
            return [round(one.pts * one.time_base * 1_000_000) for one in packets]

    def used(self):
        return [one for one in sorted(self.disk.glob("blocks/*")) if one.read_bytes()[:7] == b"NJBLOCK"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return Filmed(tmp_path_factory.mktemp("plain"))


@pytest.fixture
def filmed(plain, tmp_path):
    """A copy that may be broken."""
    copy = object.__new__(Filmed)
    copy.__dict__ = dict(plain.__dict__)
    copy.disk = tmp_path / "moved"
    shutil.copytree(plain.disk, copy.disk)
    return copy


@pytest.fixture
def extract(tmp_path, capsys):
    into = tmp_path / "out"
    into.mkdir()

    def run(*asked):
        main(["store", "extract", "--data", str(tmp_path / "nowhere"), "--into", str(into), *map(str, asked)])
        return [Path(one) for one in capsys.readouterr().out.splitlines() if one.endswith(".mp4")]

    return run


def all_pictures(filmed, files):
    return sum(len(filmed.times(one)) for one in files)


def test_a_disk_gives_its_footage_without_catalog_and_identity(filmed, extract):
    (filmed.disk / "catalog").unlink()
    (filmed.disk / "disk.json").unlink()
    (path,) = extract(filmed.disk, "--channel", 2)
    assert len(filmed.times(path)) == PICTURES


def test_a_stretch_begins_with_the_key_frame_before_it(filmed, extract):
    start, end = filmed.sent[60].wall_us, filmed.sent[120].wall_us
    (path,) = extract(filmed.disk, "--channel", 2, "--from", start, "--to", end)
    assert len(filmed.times(path)) == 120 - 50


def test_a_single_block_file_is_enough_for_what_is_in_it(filmed, extract, tmp_path):
    block = filmed.used()[1]
    alone = tmp_path / "000001.block"
    shutil.copy(block, alone)
    assert 0 < all_pictures(filmed, extract(alone)) < PICTURES


def test_damage_costs_what_it_hits_and_is_told(filmed, extract, capsys, tmp_path):
    first, second = filmed.used()[:2]
    data = bytearray(first.read_bytes())
    data[:PAGE] = bytes(PAGE)
    first.write_bytes(data)
    data = bytearray(second.read_bytes())
    head = parse_head(bytes(data[PAGE:]))
    begin = PAGE + head.fixed.header_bytes + head.table.sizes[0]
    data[begin : begin + 40] = bytes(40)
    second.write_bytes(data)
    main(["store", "extract", "--data", str(tmp_path / "nowhere"), "--into", str(tmp_path), str(filmed.disk)])
    said = capsys.readouterr().out
    assert "its header is damaged" in said
    assert "damaged" in said.replace("its header is damaged", "")
    files = [Path(one) for one in said.splitlines() if one.endswith(".mp4")]
    assert PICTURES * 2 // 3 < all_pictures(filmed, files) < PICTURES


def test_extracting_changes_nothing_on_the_disk(filmed, extract, tmp_path):
    before = {one: (one.read_bytes(), one.stat().st_mtime_ns) for one in filmed.disk.rglob("*") if one.is_file()}
    extract(filmed.disk)
    assert {one: (one.read_bytes(), one.stat().st_mtime_ns) for one in before} == before
    assert not (tmp_path / "nowhere").exists()


def test_what_is_there_can_be_listed(filmed, tmp_path, capsys):
    main(["store", "extract", "--data", str(tmp_path / "nowhere"), "--list", str(filmed.disk)])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("2/main")


@pytest.fixture
def reads(monkeypatch):
    """Every read of a block file: size and offset."""
    found, read = [], SystemFile.read

    def noted(self, size, offset):
        found.append((size, offset))
        return read(self, size, offset)

    monkeypatch.setattr(SystemFile, "read", noted)
    return found


def test_where_nothing_was_ever_written_nothing_is_looked_for(tmp_path, reads):
    unused = tmp_path / "000000.block"
    unused.touch()
    os.truncate(unused, 96 << 10)
    with Bare() as bare:
        bare.add(unused)
        assert not bare.streams()
    assert reads == [(PAGE, 0)], "the header alone"


def test_a_block_whose_header_is_lost_is_looked_through_in_large_pieces(filmed, reads):
    block = filmed.used()[0]
    block.write_bytes(bytes(block.stat().st_size))
    with Bare() as bare:
        bare.add(block)
        assert not bare.streams()
    # The header, and the rest of it at once: not page by page, of which there are 24.
    assert len(reads) == 2


def test_what_lies_behind_a_lost_tail_a_damaged_chunk_and_an_unreadable_page_is_found(filmed, monkeypatch):
    block = filmed.used()[0]
    with Bare() as bare:
        bare.add(block)
        (whole,) = bare.streams()
        chunks = [one.offset for one in bare._blocks[0].entries]
    assert len(chunks) >= 4
    data = bytearray(block.read_bytes())
    data[-PAGE:] = bytes(PAGE)
    data[chunks[1] : chunks[1] + PAGE] = bytes(PAGE)
    block.write_bytes(data)
    read = SystemFile.read

    def failing(self, size, offset):
        if offset <= chunks[2] < offset + size:
            raise OSError(errno.EIO, "unreadable")
        return read(self, size, offset)

    monkeypatch.setattr(SystemFile, "read", failing)
    with Bare() as bare:
        bare.add(block)
        (found,) = bare.streams()
        assert [one.offset for one in bare._blocks[0].entries] == [chunks[0], *chunks[3:]]
    assert (found.first_us, found.last_us) == (whole.first_us, whole.last_us)


def test_a_folder_without_blocks_is_refused(tmp_path, extract):
    with pytest.raises(SystemExit, match="no block files"):
        extract(tmp_path)


def test_a_channel_that_is_not_there_is_told(filmed, extract):
    with pytest.raises(SystemExit, match="Nothing is recorded"):
        extract(filmed.disk, "--channel", 9)


def test_an_encrypted_disk_asks_for_its_recovery_key(tmp_path, extract, monkeypatch):
    filmed = Filmed(tmp_path / "encrypted", encrypted=True)
    with pytest.raises(SystemExit, match="recovery key"):
        extract(filmed.disk)
    text = "\n".join(key_ring.recovery_key(filmed.keys.of(one.number)) for one in filmed.keys.all()[-1:])
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    (path,) = extract(filmed.disk, "--recovery-key")
    assert len(filmed.times(path)) == PICTURES


@pytest.mark.peer("ffmpeg")
def test_ffprobe_counts_the_same_pictures(filmed, extract):
    (path,) = extract(filmed.disk)
    asked = ["ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "json"]
    told = json.loads(subprocess.run([*asked, str(path)], capture_output=True, check=True).stdout)
    assert int(told["streams"][0]["nb_read_packets"]) == PICTURES
    assert filmed.sent[0].flags & SampleFlag.KEY


def test_of_a_mirror_each_picture_comes_once_and_each_half_has_them_all(tmp_path, extract):
    filmed = Filmed(tmp_path / "mirrored", mirrored=True)
    (path,) = extract(filmed.disk, filmed.mirror)
    assert len(filmed.times(path)) == PICTURES
    (path,) = extract(filmed.mirror)
    assert len(filmed.times(path)) == PICTURES
    first = filmed.used()[0]
    data = bytearray(first.read_bytes())
    data[PAGE : len(data)] = bytes(len(data) - PAGE)
    first.write_bytes(data)
    files = extract(filmed.disk, filmed.mirror)
    assert all_pictures(filmed, files) == PICTURES, "what one half lost is taken from the other"
