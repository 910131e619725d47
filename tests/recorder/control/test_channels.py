"""Channels and their numbers."""

import threading

import pytest

from recorder.client.errors import NotFound
from recorder.control.channels import MOST_CHANNELS, Channels, ChannelTaken, NoFreeChannel
from recorder.sealing import Sealer
from recorder.settings.errors import BadSetting, OutOfRange
from recorder.settings.machine import Machine
from recorder.settings.pages.record_mode import Mode, RecordMode
from recorder.settings.registry import built_in
from recorder.settings.settings import Settings
from recorder.settings.store import FILE, SettingsStore

URL = {"url": "rtsp://camera/"}


@pytest.fixture
def settings(instance, clock):
    store = SettingsStore(instance.config / FILE)
    yield Settings(store, built_in(), Sealer(instance), clock, Machine(system_owned=True))
    store.close()


@pytest.fixture
def channels(settings):
    return Channels(settings)


@pytest.mark.covers("D-CAM-03.1")
def test_a_channel_takes_the_number_that_was_chosen_or_the_lowest_free_one(channels, author):
    assert [channels.add(URL, author)[0] for _each in range(3)] == [1, 2, 3]
    assert channels.add(URL, author, number=9)[0] == 9
    channels.remove(2, author)
    assert channels.add(URL, author)[0] == 2
    with pytest.raises(ChannelTaken):
        channels.add(URL, author, number=9)
    assert list(channels.all()) == [1, 2, 3, 9]


@pytest.mark.parametrize("number", [0, -1, MOST_CHANNELS + 1])
def test_a_number_out_of_range_is_refused_with_the_range(channels, author, number):
    with pytest.raises(OutOfRange) as refused:
        channels.add(URL, author, number=number)
    assert (refused.value.field, refused.value.allowed) == ("number", "1 to 128")


def test_a_recorder_holds_128_channels_and_no_more(channels, author):
    for _each in range(MOST_CHANNELS):
        channels.add(URL, author)
    with pytest.raises(NoFreeChannel):
        channels.add(URL, author)


def test_channels_added_at_once_get_numbers_of_their_own(channels, author):
    numbers = []
    threads = [threading.Thread(target=lambda: numbers.append(channels.add(URL, author)[0])) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 9))


def test_a_channel_needs_an_address(channels, author):
    with pytest.raises(BadSetting) as refused:
        channels.add({"name": "Gate"}, author)
    assert refused.value.field == "url"
    assert channels.all() == {}


@pytest.mark.covers("D-CAM-04")
def test_a_removed_channel_leaves_nothing_to_its_successor(channels, settings, author):
    channels.add({**URL, "name": "Gate", "password": "geheim"}, author)
    settings.change(RecordMode, {"mode": "off"}, author, item="1")
    channels.remove(1, author)
    with pytest.raises(NotFound):
        channels.get(1)
    channels.add(URL, author)
    assert settings.get(RecordMode, "1").mode is Mode.AUTO
    found = channels.get(1).values
    assert (found.name, bool(found.password)) == ("", False)


def test_a_channel_that_is_not_there_is_neither_changed_nor_removed(channels, author):
    for act in (lambda: channels.change(4, {"name": "x"}, author), lambda: channels.remove(4, author)):
        with pytest.raises(NotFound, match="channel 4"):
            act()
