import platform
import subprocess
import sys

from hal.kernel.scheduling import SLICE_NS, be_prompt

GET = {"x86_64": 315, "aarch64": 275}
SHORT_SLICES_SINCE = (6, 12)
ASK = """
import ctypes, struct, threading
from hal.kernel.scheduling import be_prompt
assert be_prompt()
def told():
    said = ctypes.create_string_buffer(48)
    assert ctypes.CDLL(None).syscall({number}, 0, said, 48, 0) == 0
    size, policy, flags, nice, priority, runtime, deadline, period = struct.unpack("=IIQiIQQQ", said.raw)
    print(policy, nice, runtime)
told()
thread = threading.Thread(target=told)
thread.start()
thread.join()
"""


def test_a_process_and_its_threads_have_the_slice_they_asked_for_and_nothing_else_changed():
    ask = ASK.format(number=GET[platform.machine()])
    said = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True).stdout
    release = tuple(int(part) for part in platform.release().split(".")[:2])
    nice = subprocess.run(["nice"], check=True, capture_output=True, text=True).stdout.strip()
    runtimes = [line.rsplit(" ", 1) for line in said.splitlines()]
    assert [rest for rest, _runtime in runtimes] == [f"0 {nice}"] * 2
    if release >= SHORT_SLICES_SINCE:
        assert [int(runtime) for _rest, runtime in runtimes] == [SLICE_NS] * 2


def test_a_machine_that_we_do_not_know_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    assert not be_prompt()
