"""A broker that is not ours and a subscriber that is not ours hear of events, as Home Assistant wants to be told."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
from types import SimpleNamespace

import pytest

from recorder.events.broker import MqttFailed
from recorder.events.linkages.mqtt import Mqtt, TellMqtt, level
from recorder.events.sources.input_alarm import InputAlarm
from recorder.settings.errors import BadSetting

pytestmark = [pytest.mark.anyio, pytest.mark.peer("mosquitto")]
PATH = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"}
CONFIG = "listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n"
LOGIN = {"user": "nvr", "password": "secret"}


@contextlib.contextmanager
def mosquitto(place):
    """Run Mosquitto; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    passwords, config = place / "passwords", place / "mosquitto.conf"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "nvr", "secret"], check=True, env=PATH)
    passwords.chmod(0o644)
    config.write_text(CONFIG.format(port=port, passwords=passwords))
    with subprocess.Popen(["mosquitto", "-c", str(config)], env=PATH, stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


@contextlib.asynccontextmanager
async def subscriber(port):
    """Run `mosquitto_sub`; gives what it hears: topics with the last thing said there."""
    command = ["mosquitto_sub", "-p", str(port), "-u", "nvr", "-P", "secret", "-t", "#", "-F", "%t %p"]
    told = {}

    async def listen():
        while True:
            process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            try:
                while line := await process.stdout.readline():
                    name, _space, said = line.decode().rstrip("\n").partition(" ")
                    told[name] = said
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()

    task = asyncio.create_task(listen())
    try:
        yield told
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def seen(look, seconds=30):
    for _try in range(seconds * 20):
        if found := look():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("not seen")


@pytest.fixture
async def site(bench, tmp_path):
    around = SimpleNamespace(settings=bench.settings, clock=bench.clock)
    with mosquitto(tmp_path) as port:
        bench.change(InputAlarm, "IN/1 +#", mqtt=True, anti_dither_s=0)
        linkage = TellMqtt(around, bench.engine)
        running = asyncio.create_task(linkage.run())
        yield SimpleNamespace(bench=bench, linkage=linkage, port=port)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_home_assistant_finds_a_sensor_that_follows_its_events(site):
    bench, item = site.bench, "IN/1 +#"
    bench.change(Mqtt, host="127.0.0.1", port=site.port, **LOGIN)
    async with subscriber(site.port) as told:
        config = json.loads(await seen(lambda: next((told[one] for one in told if one.endswith("/config")), None)))
        assert config["device"]["name"] == "Nightjar"
        assert (await seen(lambda: told.get(config["availability_topic"]))) == "online"
        assert told[config["state_topic"]] == "OFF"
        assert len(config["state_topic"].split("/")) == 5
        event = bench.engine.begin(InputAlarm, item, words='He said "hello".')
        page = bench.rules.get(InputAlarm, item)
        await site.linkage.begin(event, page)
        await seen(lambda: told[config["state_topic"]] == "ON")
        assert json.loads(told[config["json_attributes_topic"]])["words"] == 'He said "hello".'
        bench.engine.end(InputAlarm, item)
        await site.linkage.end(event, page)
        await seen(lambda: told[config["state_topic"]] == "OFF")
        bench.change(InputAlarm, item, mqtt=False)
        await seen(lambda: told.get(next(one for one in told if one.endswith("/config"))) == "")
        bench.change(Mqtt, host="")
        await seen(lambda: told[config["availability_topic"]] == "offline")


async def test_a_wrong_password_is_told_and_stands_in_no_words(site):
    site.bench.change(Mqtt, host="127.0.0.1", port=site.port, user="nvr", password="wrong-one")
    event = site.bench.engine.begin(InputAlarm, "IN/1 +#", words="Active.")

    async def refused():
        with pytest.raises(MqttFailed) as told:
            await site.linkage.begin(event, None)
        return str(told.value)

    await seen(lambda: site.linkage.lacking(event, None) == "")
    for _try in range(600):
        if "uthor" in (words := await refused()):
            break
        await asyncio.sleep(0.05)
    assert "uthor" in words
    assert "wrong-one" not in words


@pytest.mark.parametrize("text", ["IN1", "a/b", "+", "#", "$SYS", "", "é", "_2f_", "a b"])
def test_a_foreign_name_is_one_level_of_a_topic(text):
    assert level(text)
    assert not set(level(text)) & set("/+#$ ")
    assert len({level(text), level("a/b"), level("a_2f_b")}) == 2 + (text not in {"a/b", "a_2f_b"})


@pytest.mark.parametrize("text", ["", "/x", "x/", "a//b", "+", "a/#", "$SYS/x"])
def test_what_is_no_topic_is_refused(bench, text):
    with pytest.raises(BadSetting):
        bench.change(Mqtt, prefix=text)
