"""The shared memory: what the client refuses, and that no copy is ever torn."""

import os
import threading

import numpy as np
import pytest

from recorder.client.surface import HEADER, MAGIC, BadSurface, Surface
from recorder.client.views import Colours, PictureFlag
from recorder.decode.pictures import SharedPictures


def attach(pictures: SharedPictures, **changed) -> Surface:
    told = {
        "width": pictures.width,
        "height": pictures.height,
        "stride": pictures.stride,
        "slots": pictures.slots,
        "slot_bytes": pictures.slot_bytes,
    }
    return Surface(os.dup(pictures.descriptor), 1, **(told | changed))


def test_nothing_published_is_nothing_to_copy():
    pictures = SharedPictures(64, 48)
    surface = attach(pictures)
    assert surface.copy(bytearray(surface.picture_bytes)) is None


def test_a_published_picture_arrives_with_its_time_and_flags():
    pictures = SharedPictures(64, 48)
    surface = attach(pictures)
    for value in (7, 9):
        pictures.next_slot()[:] = value
        pictures.publish(-5 + value, PictureFlag.PREVIEW)
    memory = bytearray(surface.picture_bytes)
    picture = surface.copy(memory)
    assert (picture.sequence, picture.at_us, picture.flags) == (2, 4, PictureFlag.PREVIEW)
    assert set(memory) == {9}


def test_a_picture_says_what_its_bytes_are():
    pictures = SharedPictures(64, 48)
    surface = attach(pictures)
    for colours in (Colours.JPEG, Colours.PIXELS):
        pictures.publish(1, PictureFlag.EMPTY, colours)
        newest = surface.newest()
        assert newest is not None
        assert (newest.colours, newest.flags) == (colours, PictureFlag.EMPTY)


def test_planes_that_the_memory_has_no_room_for_are_never_read():
    pictures = SharedPictures(16, 64)
    pictures.publish(1, colours=Colours.BT601)
    seen = []
    for slot_bytes in (pictures.slot_bytes, 4096):
        HEADER.pack_into(pictures._memory, 0, MAGIC, pictures.slots, 16, 64, pictures.stride, slot_bytes)
        newest = attach(pictures, slot_bytes=slot_bytes).newest()
        assert newest is not None
        seen.append(newest.colours)
    assert seen == [Colours.BT601, Colours.PIXELS]


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47), (17, 19)])
def test_a_view_of_odd_sides_has_room_for_whole_pairs_of_lines(size):
    pictures = SharedPictures(*size)
    surface = attach(pictures)
    slot = pictures.next_slot()
    assert (slot.shape[0] % 2, slot.shape[1] % 2) == (0, 0)
    slot[: size[1], : size[0]] = 5
    pictures.publish(1)
    memory = bytearray(surface.picture_bytes)
    surface.copy(memory)
    shown = np.frombuffer(memory, np.uint8).reshape(size[1], surface.stride // 4, 4)[:, : size[0]]
    assert (surface.width, surface.height) == size
    assert (shown == 5).all()


def test_no_copy_is_torn_while_pictures_are_published_as_fast_as_they_can():
    pictures = SharedPictures(320, 200)
    surface = attach(pictures)
    stop = threading.Event()

    def publish() -> None:
        value = 0
        while not stop.is_set():
            value = (value + 1) % 256
            pictures.next_slot()[:] = value
            pictures.publish(value)

    thread = threading.Thread(target=publish)
    thread.start()
    memory = bytearray(surface.picture_bytes)
    whole = 0
    try:
        while whole < 300:
            picture = surface.copy(memory)
            if picture is not None:
                whole += 1
                assert memory.count(memory[0]) == len(memory)
                assert memory[0] == picture.at_us
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "changed",
    [
        {"width": 0},
        {"height": 9000},
        {"slots": 9},
        {"slots": 0},
        {"stride": 255},
        {"slot_bytes": 4096},
        {"slot_bytes": 1 << 31},
        {"width": 63},
    ],
)
def test_numbers_that_do_not_fit_are_refused(changed):
    with pytest.raises(BadSurface):
        attach(SharedPictures(64, 48), **changed)


def test_memory_that_could_shrink_is_refused():
    pictures = SharedPictures(64, 48)
    size = os.fstat(pictures.descriptor).st_size
    loose = os.memfd_create("loose", os.MFD_ALLOW_SEALING)
    os.ftruncate(loose, size)
    with pytest.raises(BadSurface, match="sealed"):
        Surface(loose, 1, pictures.width, pictures.height, pictures.stride, pictures.slots, pictures.slot_bytes)


def test_the_client_cannot_cut_the_memory_under_decode():
    pictures = SharedPictures(64, 48)
    with pytest.raises(PermissionError):
        os.ftruncate(pictures.descriptor, 4096)
