"""Who may see: our own user without a grant, and whoever passes one for what it says."""

from recorder.client.grants import Grant, mint, private_key
from recorder.client.stream import StreamKey, StreamName
from tests.recorder.decode.film import film

SUB = StreamName.SUB


def grant(house, **changed) -> str:
    told = {
        "channels": (1,),
        "streams": (SUB,),
        "audio": False,
        "start_us": None,
        "end_us": None,
        "live": True,
        "expires_us": house.clock.now_us() + 60_000_000,
    }
    return mint(Grant(**(told | changed)), private_key(house.instance))


def test_a_grant_is_held_to_what_it_says(house):
    made = film()
    for channel in (1, 2):
        house.media.push(StreamKey(channel, SUB), made.epoch, made.samples(count=1))
    house.client.view(1, 1, SUB, 160, 120, grant(house))
    house.client.view(2, 2, SUB, 160, 120, grant(house))
    house.client.view(3, 1, SUB, 160, 120, grant(house, live=False))
    house.client.view(4, 1, SUB, 160, 120, grant(house, expires_us=1))
    house.client.view(5, 1, SUB, 160, 120, "forged")
    house.client.view(6, 1, SUB, 160, 120)
    house.wait_number(1, 0)
    house.wait_number(6, 0)
    assert all(house.client.surface(view) is None for view in (2, 3, 4, 5))


def test_another_user_needs_a_grant(house, monkeypatch):
    made = film()
    house.media.push(StreamKey(1, SUB), made.epoch, made.samples(count=1))
    monkeypatch.setattr("recorder.sockets.connection.Peer.trusted", property(lambda _peer: False))
    house.client.view(1, 1, SUB, 160, 120)
    house.client.view(2, 1, SUB, 160, 120, grant(house))
    house.wait_number(2, 0)
    assert house.client.surface(1) is None


def test_a_grant_without_sound_is_none_for_listening(house):
    for number, passed in enumerate((grant(house), grant(house, audio=True, live=False), grant(house, audio=True))):
        house.client.listen(number, 1, SUB, passed)
    house.wait(lambda: house.media.asked)
    assert [(one.channel, one.audio) for one in house.media.asked] == [(1, True)]
