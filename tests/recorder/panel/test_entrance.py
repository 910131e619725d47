import json
import stat

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


@pytest.fixture
def browser(case):
    with httpx.Client(base_url=case.origin) as client:
        assert client.get(case.address).status_code == 303
        yield client


def cookie_of(browser):
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def test_the_address_that_is_printed_opens_once(case):
    address = case.address
    first = httpx.get(address)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "SameSite=strict" in first.headers["set-cookie"]
    again = httpx.get(address)
    assert (again.status_code, "used before" in again.text) == (403, True)
    assert case.address != address
    assert httpx.get(case.address).status_code == 303


def test_the_address_is_for_its_owner_alone(case):
    assert stat.S_IMODE((case.instance.run / "panel.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("path", ["/", "/panel.js", "/kinds/relay.js", "/?token=", "/?token=guessed", "/live"])
def test_without_the_token_nothing_is_seen(case, path):
    answer = httpx.get(case.origin + path)
    assert answer.status_code == 403
    assert "<" not in answer.text


def test_the_page_runs_no_foreign_code(browser):
    answer = browser.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


def test_other_names_for_this_machine_are_refused(browser):
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null"])
def test_other_pages_are_refused(browser, origin):
    assert browser.get("/", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:1", "null", None])
def test_no_other_page_reaches_the_hardware(case, browser, origin):
    wire = case.origin.replace("http", "ws") + "/live"
    with pytest.raises(InvalidStatus), connect(wire, origin=origin, additional_headers={"Cookie": cookie_of(browser)}):
        pass


def test_a_page_without_the_cookie_does_not_reach_the_hardware(case):
    wire = case.origin.replace("http", "ws") + "/live"
    with pytest.raises(InvalidStatus), connect(wire, origin=case.origin):
        pass


def test_only_gestures_pass_and_hal_refuses_what_is_none(case, browser):
    wire = case.origin.replace("http", "ws") + "/live"
    with connect(wire, origin=case.origin, additional_headers={"Cookie": cookie_of(browser)}) as page:
        assert json.loads(page.recv(30))["board"] == "simulated"
        switch = {"kind": "relay", "name": "OUT1", "gesture": "switch", "args": {"closed": True}}
        asked = {"do": "gesture", "id": 7, **switch}
        page.send(json.dumps(asked))
        page.send(json.dumps({"do": "call", "kind": "relay", "name": "OUT1", "verb": "switch", "args": {}}))
        while (said := json.loads(page.recv(30)))["op"] != "error":
            pass
        assert "switch is no gesture" in said["words"]
        assert said["id"] == 7


def test_a_page_that_sends_nonsense_is_hung_up_on_and_the_panel_lives(case, browser):
    wire = case.origin.replace("http", "ws") + "/live"
    with connect(wire, origin=case.origin, additional_headers={"Cookie": cookie_of(browser)}) as page:
        page.send("{")
        with pytest.raises(ConnectionClosed):  # noqa: PT012 - what hal said before that is of no interest
            while True:
                page.recv(30)
    assert browser.get("/").status_code == 200
