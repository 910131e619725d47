import subprocess
import sys
import textwrap

import pytest

# Many classes, each decoded by three threads at once for the first time.
RACE = textwrap.dedent("""
    import sys, threading, types
    from dataclasses import make_dataclass
    import msgspec
    from recorder.client.known import know_module

    sys.setswitchinterval(1e-6)
    module = types.ModuleType("messages")
    names = []
    for number in range(2000):
        inner = make_dataclass(f"I{number}", [("a", int), ("b", frozenset[str])], frozen=True)
        outer = make_dataclass(f"O{number}", [("x", tuple[inner, ...]), ("z", dict[str, inner])], frozen=True)
        setattr(module, outer.__name__, outer)
        names.append(outer.__name__)
    if sys.argv[1] == "know":
        know_module(module)
    one = {"a": 1, "b": ["q"]}
    for name in names:
        together = threading.Barrier(3)

        def decode():
            together.wait()
            msgspec.convert({"x": [one], "z": {"k": one}}, getattr(module, name))

        threads = [threading.Thread(target=decode) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print("alive")
""")


def race(how):
    return subprocess.run([sys.executable, "-c", RACE, how], capture_output=True, text=True, timeout=120, check=False)


def test_what_is_known_is_decoded_by_any_number_of_threads():
    done = race("know")
    assert (done.stdout, done.returncode) == ("alive\n", 0), done.stderr


@pytest.mark.parametrize("process", ["control", "media", "reader"])
def test_every_message_is_known_before_there_are_threads(process):
    look = f"""
import sys
import recorder.{process}.__main__
from recorder.client.status import MediaStatus
from recorder.sockets.process import instance_from_arguments
sys.argv = ["x", "--data", "/nowhere"]
instance_from_arguments("x", "x")
print(hasattr(MediaStatus, "__msgspec_cache__"))
"""
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True\n"
