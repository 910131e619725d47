"""The window under a real X server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json, sys, threading, time
import pygame
from gui.loop import Loop
from gui.presenter.sdl import SdlPresenter
from gui.toolkit.button import Button
from gui.toolkit.layout import Column
from gui.toolkit.page import Page
from gui.toolkit.screen import Screen

presenter = SdlPresenter((800, 450))
screen = Screen((800, 450))
loop = Loop(screen, presenter)
pressed = []
page = Page()
page.add(Column([Button("One", lambda: pressed.append(1), name="one"), Button("Two", name="two")]))
screen.navigator.push(page)
loop.show()
first = presenter.presented
woken = []
def wake():
    woken.append(1)
    presenter.wake()


threading.Timer(0.2, lambda: screen.post(wake)).start()
begin = time.process_time()
while not woken:
    loop.step()
for _ in range(3):
    loop.show()
idle = presenter.presented - first
post = lambda kind, **what: pygame.event.post(pygame.event.Event(kind, **what))
post(pygame.KEYDOWN, key=pygame.K_DOWN, mod=0, unicode="", scancode=0)
post(pygame.KEYUP, key=pygame.K_DOWN, mod=0, unicode="", scancode=0)
loop.step(); loop.show()
focus = screen.focus.name
at = page.find("one").rect.center
for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
    post(kind, pos=at, button=1)
loop.step(); loop.show()
driver, kept = pygame.display.get_driver(), __import__("os").environ["SDL_FRAMEBUFFER_ACCELERATION"]
post(pygame.QUIT)
loop.run()
presenter.close()
print(json.dumps({"idle": idle, "focus": focus, "pressed": pressed, "driver": driver, "acceleration": kept,
                  "woken": len(woken), "cpu": time.process_time() - begin}))
"""


@pytest.fixture
def display():
    read, written = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(written), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=[written],
        stderr=subprocess.DEVNULL,
    )
    number = b""
    while not number.endswith(b"\n"):
        number += os.read(read, 8)
    yield f":{number.decode().strip()}"
    server.terminate()
    server.wait()
    os.close(read)
    os.close(written)


@pytest.mark.peer("xvfb")
def test_a_window_shows_what_changed_sleeps_and_takes_keys_and_clicks(display, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"DISPLAY": display, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["driver"] == "x11"
    assert told["acceleration"] == "0"
    assert told["idle"] == 0
    assert told["woken"] == 1
    assert told["focus"] == "two"
    assert told["pressed"] == [1]


def test_without_a_display_the_screen_says_what_to_do(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "gui", "--data", str(tmp_path)],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SDL_VIDEODRIVER": "x11"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "--headless" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_have_the_same_names_everywhere():
    import pygame

    from gui.presenter.sdl_keys import NAMED

    assert NAMED[pygame.K_RETURN] == "ok"
    assert NAMED[pygame.K_ESCAPE] == "back"
    assert {"up", "down", "left", "right", "ok", "back", "menu"} <= set(NAMED.values())
