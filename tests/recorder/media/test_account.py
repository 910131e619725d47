import asyncio

import pytest

from recorder.media.account import Account, AccountKey, Accounts, LoginRefused, SiblingUnreachable

pytestmark = pytest.mark.anyio


class Camera:
    """Counts the logins it sees; `password` is the only one it takes."""

    def __init__(self, password="right"):
        self.password = password
        self.asked = 0

    async def stream(self, account, password):
        async with account.login(password) as login:
            self.asked += 1
            await asyncio.sleep(0)
            if password == self.password:
                login.accepted()
                return "playing"
            login.refused()
            return "refused"


async def outcomes(*tries):
    return await asyncio.gather(*tries, return_exceptions=True)


@pytest.mark.parametrize("streams", [1, 2, 3, 16])
async def test_a_wrong_password_reaches_the_camera_twice_however_many_streams_it_has(streams):
    camera, account = Camera(), Account()
    for _ in range(4):
        await outcomes(*(camera.stream(account, "wrong") for _ in range(streams)))
    assert camera.asked == 2


async def test_after_two_refusals_nothing_is_tried():
    camera, account = Camera(), Account()
    await outcomes(camera.stream(account, "wrong"), camera.stream(account, "wrong"))
    with pytest.raises(LoginRefused):
        await camera.stream(account, "wrong")


async def test_another_password_gets_two_tries_of_its_own():
    camera, account = Camera(), Account()
    await outcomes(*(camera.stream(account, "wrong") for _ in range(3)))
    assert await camera.stream(account, "right") == "playing"
    assert camera.asked == 3


async def test_a_password_that_was_taken_once_and_then_changed_at_the_camera_is_still_tried_twice_only():
    camera, account = Camera(), Account()
    await outcomes(*(camera.stream(account, "right") for _ in range(3)))
    camera.password, camera.asked = "changed", 0
    await outcomes(*(camera.stream(account, "right") for _ in range(3)))
    assert camera.asked == 2


async def test_streams_that_wait_for_their_turn_learn_that_the_camera_is_gone():
    account, tried = Account(), 0

    async def dead():
        nonlocal tried
        async with account.login("x") as login:
            tried += 1
            await asyncio.sleep(0)
            login.unreachable("no answer")

    found = await outcomes(*(dead() for _ in range(16)))
    assert tried == 2
    assert sum(isinstance(one, SiblingUnreachable) for one in found) == 14


async def test_a_try_that_is_cancelled_gives_its_turn_back():
    account = Account()
    entered = asyncio.Event()

    async def hang():
        async with account.login("x"):
            entered.set()
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(hang()) for _ in range(2)]
    await entered.wait()
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await outcomes(*tasks)
    assert await Camera("x").stream(account, "x") == "playing"


def test_logins_that_no_plan_names_are_forgotten():
    accounts = Accounts()
    key = AccountKey("cam", 554, "u")
    kept = accounts.account(key)
    accounts.keep({key})
    assert accounts.account(key) is kept
    accounts.keep(set())
    assert accounts.account(key) is not kept
