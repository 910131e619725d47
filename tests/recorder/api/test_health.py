"""Health over the API and at the command line; each sees of it what he may know."""

import json

import pytest

from recorder.cli import main
from recorder.client.answers import Day
from recorder.client.clock import SECOND_US
from recorder.client.outage import Outage, Returned
from recorder.client.unix_http import ApiError
from recorder.settings.scope import PER_CHANNEL
from tests.recorder.api.served import wait_for
from tests.recorder.api.test_every_route import guard_with, only_channel_one

HOUR_US = 3600 * SECOND_US
CUT = Outage(10, 20, (Returned(1, 30, 0), Returned(2, None, 800_000)))


def reader(message):
    if message["op"] == "completeness":
        days = [
            Day(0, 24 * HOUR_US, 24 * HOUR_US, 24 * HOUR_US, channel=one, date=message["first"])
            for one in message["channels"]
        ]
        return [{"op": "completeness", "id": message["id"], "days": days}]
    return []


@pytest.fixture
def recorder(served):
    served.set_up()
    for name in ("Gate", "Safe"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    served.reader = served.beside("reader", reader)
    power = served.control.desk.engine.power
    power.newest, power.seen = CUT, False
    return served


def test_one_answer_says_whether_all_is_well(recorder, capsys):
    found = wait_for(lambda: (told := recorder.owner.health()).due == (1, 2) and told)
    assert (found.missing, found.outage) == ((1, 2), CUT)
    assert [one.channel for one in found.yesterday] == [1, 2]
    asked = recorder.reader.of("completeness")
    recorder.owner.health()
    assert recorder.reader.of("completeness") == asked
    main(["status", "--data", str(recorder.instance.data)])
    assert "! Recording: The recording service does not answer." in capsys.readouterr().out
    main(["status", "--json", "--data", str(recorder.instance.data)])
    assert json.loads(capsys.readouterr().out)["health"]["due"] == [1, 2]


def test_nobody_hears_of_channels_that_are_not_his(recorder):
    wait_for(lambda: recorder.owner.health().due == (1, 2))
    guard = recorder.client("web", guard_with(recorder, **only_channel_one()))
    found = guard.health()
    assert (found.due, [one.channel for one in found.yesterday]) == ((1,), [1])
    assert (
        [one.channel for one in found.outage.channels] == [one.channel for one in guard.status().outage.channels] == [1]
    )
    assert "Safe" not in str(found)


def test_who_stands_at_the_recorder_closes_the_message_and_others_need_the_right(recorder):
    assert recorder.screen.status().outage is not None
    token = guard_with(recorder, allowed=[], **{one.value: "all" for one in PER_CHANNEL})
    with pytest.raises(ApiError) as refused:
        recorder.client("web", token).outage_seen()
    assert refused.value.http_status == 403
    recorder.screen.outage_seen()
    assert recorder.screen.status().outage is None
    assert recorder.owner.health().outage == CUT
    assert [one.page for one in recorder.owner.audit(page="outage")] == ["outage"]
