"""PoE over the API, with the hardware service of the simulated board behind it."""

import pytest

from recorder.client.unix_http import ApiError
from tests.recorder.api.served import wait_for


def port_3(served, state):
    """Wait until port 3 is so; gives its supply."""
    return wait_for(lambda: (supply := served.owner.poe()[0]).ports[2].state == state and supply)


@pytest.mark.covers("D-CAM-10")
def test_a_port_is_seen_switched_and_restarted(served, hal):
    (supply,) = served.owner.poe()
    assert (supply.name, supply.online, supply.budget_watts, len(supply.ports)) == ("PSE", True, 120.0, 8)
    assert not supply.unproven
    hal.simulate("poe_supply", "PSE", "plug", port=3, camera="cam3", watts=4.2)
    supply = port_3(served, "delivering")
    assert (supply.ports[2].power_class, supply.ports[2].faults) == (3, ())
    off = served.owner.change_poe_port("PSE", 3, enabled=False)
    assert (off.ports[2].state, off.ports[2].enabled) == ("disabled", False)
    served.owner.change_poe_port("PSE", 3, enabled=True)
    port_3(served, "delivering")
    assert served.owner.restart_poe_port("PSE", 3).ports[2].state == "backoff"


@pytest.mark.covers("D-CAM-10")
def test_priority_limit_and_long_reach_are_set(served, hal):
    changed = served.owner.change_poe_port("PSE", 2, priority="critical", limit_watts=12.5, mode="long_reach")
    port = changed.ports[1]
    assert (port.priority, port.limit_watts, port.mode, port.enabled) == ("critical", 12.5, "long_reach", True)
    assert served.owner.change_poe_port("PSE", 2, limit_watts=None).ports[1].limit_watts is None
    assert served.owner.change_poe_port("PSE", 2, mode="auto").ports[1].priority == "critical"


@pytest.mark.covers("D-CAM-10")
def test_what_is_wrong_with_a_port_is_told_in_words_and_as_an_event_and_when_it_is_over(served, hal):
    stream = served.owner.events()
    next(stream)
    hal.simulate("poe_supply", "PSE", "plug", port=3, camera="cam3", watts=4.2)
    port_3(served, "delivering")
    hal.simulate("poe_supply", "PSE", "draw", port=3, watts=90.0)
    words = "Port 3: Short circuit. Power is off; check the cable."
    told = next(one.data for one in stream if one.kind == "trouble")
    assert (told["name"], told["part"], told["fault"], told["words"], told["over"]) == (
        "PSE",
        "3",
        "short",
        words,
        False,
    )
    (supply,) = served.owner.poe()
    assert supply.ports[2].words == "Short circuit. Power is off; check the cable."
    assert [one.words for one in served.owner.status().troubles] == [words]
    assert next(one.data["words"] for one in stream if one.kind == "poe_port" and one.data["state"] == "fault") == words
    hal.simulate("poe_supply", "PSE", "unplug", port=3)
    over = next(one.data for one in stream if one.kind == "trouble" and one.data["over"])
    assert (over["part"], over["fault"]) == ("3", "short")
    assert served.owner.status().troubles == ()


def test_what_cannot_be_is_refused_in_words(served, hal):
    for ask, status, words in [
        (lambda: served.owner.change_poe_port("PSE", 9, enabled=True), 404, "no PoE port 9 at PSE"),
        (lambda: served.owner.restart_poe_port("ESP", 1), 404, "no PoE port"),
        (lambda: served.owner.change_poe_port("PSE", 1, mode="hv"), 422, "."),
        (lambda: served.owner.change_poe_port("PSE", 1, limit_watts=1000), 422, "."),
    ]:
        with pytest.raises(ApiError, match=words) as refused:
            ask()
        assert refused.value.http_status == status
    served.owner.change_poe_port("PSE", 1, enabled=False)
    with pytest.raises(ApiError, match="switched off; enable it instead") as refused:
        served.owner.restart_poe_port("PSE", 1)
    assert refused.value.http_status == 409


def test_without_the_hardware_service_that_is_said(served):
    with pytest.raises(ApiError, match="hardware service does not answer"):
        served.owner.poe()
