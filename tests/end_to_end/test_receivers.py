"""From a contact that closes to a broker, a web server and an alarm receiver that are not ours, in a whole recorder."""

import contextlib
import json
import socket
import subprocess
import threading

import pytest
from pysiaalarm import SIAAccount, SIAClient

from hal.client import HalClient
from recorder.client.api import ApiClient
from recorder.client.happened import ReactionState
from tests.end_to_end.conftest import wait_for
from tests.recorder.events.receiver import receiving
from tests.recorder.events.test_mqtt import LOGIN, PATH, mosquitto


@contextlib.contextmanager
def subscriber(port):
    """Run `mosquitto_sub` once the broker listens; gives all that it heard, in its order: topic and words."""

    def listens():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return True

    wait_for(listens, 60)
    who = ["-u", LOGIN["user"], "-P", LOGIN["password"]]
    command = ["mosquitto_sub", "-p", str(port), *who, "-t", "#", "-F", "%t %p"]
    heard = []

    def listen(process):
        for line in process.stdout:
            name, _space, said = line.rstrip("\n").partition(" ")
            heard.append((name, said))

    with subprocess.Popen(command, env=PATH, stdout=subprocess.PIPE, text=True) as process:
        thread = threading.Thread(target=listen, args=(process,), daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            process.terminate()
            thread.join(30)


@contextlib.contextmanager
def alarm_receiver():
    """Run pysiaalarm; gives its port, and the events that it took."""
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = SIAClient("127.0.0.1", port, [SIAAccount("1234")], function=taken.append)
    client.start()
    try:
        yield port, taken
    finally:
        client.stop()


@pytest.mark.peer("mosquitto")
@pytest.mark.covers("D-LINK-04", "D-NET-17", "V-ALM-26")
def test_an_edge_and_its_end_reach_a_broker_a_web_server_and_an_alarm_receiver(run_recorder, tmp_path):
    with (
        run_recorder() as recorder,
        mosquitto(tmp_path) as broker,
        receiving() as web,
        alarm_receiver() as (centre, taken),
        subscriber(broker) as heard,
    ):
        owner = ApiClient(recorder.instance.socket("control"), timeout_s=60)
        owner.set_page("mqtt", {"host": "127.0.0.1", "port": broker, **LOGIN})
        owner.set_page("alarm-centre", {"host": "127.0.0.1", "port": centre, "account": "1234", "test_h": 0})
        hook = {"webhook_url": f"{web.url}/gate", "webhook_token": "t0ken", "webhook_end": True}
        follows = dict.fromkeys(("mqtt", "webhook", "centre"), True)
        owner.set_page("input-alarm", {"anti_dither_s": 0, **hook, **follows}, item="IN1")
        wait_for(lambda: [one for one in heard if one[0].endswith("/config") and one[1]], 120)
        config = next(json.loads(said) for name, said in heard if name.endswith("/config") and said)
        state = config["state_topic"]
        wait_for(owner.inputs, 60)
        with HalClient(recorder.instance.socket("hal"), timeout_s=60) as hal:
            hal.simulate("alarm_input", "IN1", "move", active=True)
            wait_for(lambda: (state, "ON") in heard and web.came and taken, 120)
            hal.simulate("alarm_input", "IN1", "move", active=False)
        wait_for(lambda: (state, "OFF") in heard[heard.index((state, "ON")) :], 120)
        wait_for(lambda: len(web.came) == len(taken) == 2, 120)

        def over():
            found = owner.happened(sources=["input-alarm"]).events[0]
            done = {one.linkage for one in found.reactions if one.state is ReactionState.DONE}
            return found.end_us is not None and done >= follows.keys() and found

        event = wait_for(over, 120)
    calls = [json.loads(one.body) for one in web.came]
    assert [(one["event"], one["state"], one["words"]) for one in calls] == [
        (event.id, "on", event.words),
        (event.id, "off", event.words),
    ]
    assert {(one.path, one.headers["Authorization"]) for one in web.came} == {("/gate", "Bearer t0ken")}
    assert [(one.account, one.code) for one in taken] == [("1234", "BA"), ("1234", "BR")]
    told = next(json.loads(said) for name, said in heard if name == config["json_attributes_topic"] and said)
    assert told["words"] == event.words
