import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.client.grants import key_file
from recorder.client.instance import Instance
from recorder.sealing import Sealer, Unreadable


@pytest.fixture(scope="module")
def sealer(tmp_path_factory):
    return Sealer(Instance(tmp_path_factory.mktemp("data")))


@given(st.text())
def test_what_was_sealed_is_read_back(sealer, text):
    sealed = sealer.seal(text)
    assert sealer.unseal(sealed) == text
    # Behind the head, which says what it is; a few letters may stand there by chance.
    assert len(text) < 8 or text not in sealed.split(":", 2)[2]


def test_the_same_secret_looks_different_each_time(sealer):
    assert sealer.seal("secret") != sealer.seal("secret")


def test_another_device_cannot_read_it(sealer, tmp_path):
    with pytest.raises(Unreadable):
        Sealer(Instance(tmp_path)).unseal(sealer.seal("secret"))


@given(st.text(min_size=1, max_size=100), st.booleans())
def test_damage_is_told_and_never_a_wrong_secret(sealer, noise, behind):
    sealed = sealer.seal("secret")
    with pytest.raises(Unreadable):
        sealer.unseal(sealed + noise if behind else noise)


def test_the_device_key_is_for_this_user_only(tmp_path):
    Sealer(Instance(tmp_path)).seal("x")
    assert (tmp_path / "config" / "device.key").stat().st_mode & 0o777 == 0o600


def test_processes_that_need_the_key_at_once_get_the_same_one(tmp_path):
    found = []
    ready = threading.Barrier(8)

    def make():
        ready.wait()
        found.append(key_file(tmp_path / "key"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(found)) == 1
    assert [place.name for place in tmp_path.iterdir()] == ["key"]
