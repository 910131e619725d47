"""A lab of real networks without rights: a user namespace with the recorder's network, and more around it."""

import json
import subprocess
import time

PATIENCE_S = 60


class Place:
    """One network of the lab; programs run in it as the lab's own root."""

    def __init__(self, lab, holder):
        self.lab = lab
        self.pid = holder.pid
        self.holder = holder

    def argv(self, *words):
        return ["nsenter", "-t", str(self.pid), "-U", "-n", "--preserve-credentials", *words]

    def run(self, *words, check=True):
        return subprocess.run(self.argv(*words), capture_output=True, text=True, timeout=PATIENCE_S, check=check)

    def start(self, *words):
        process = subprocess.Popen(self.argv(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.lab.running.append(process)
        return process

    def mac(self, interface):
        return json.loads(self.run("ip", "-j", "link", "show", "dev", interface).stdout)[0]["address"]


class Lab:
    """`recorder` is the first place; `place()` makes another; `cable` joins two places."""

    def __init__(self):
        self.running = []
        self.recorder = self._hold(["unshare", "--user", "--map-root-user", "--net"])
        self.recorder.run("ip", "link", "set", "lo", "up")

    def place(self):
        return self._hold(self.recorder.argv("unshare", "--net"))

    def _hold(self, before):
        holder = subprocess.Popen(
            [*before, "sh", "-c", "echo ready; exec sleep 1800"], stdout=subprocess.PIPE, text=True
        )
        self.running.append(holder)
        assert holder.stdout.readline() == "ready\n", "no namespaces here"
        return Place(self, holder)

    def cable(self, interface, place, far):
        """Join an interface of the recorder with one elsewhere; gives the MAC there."""
        self.recorder.run("ip", "link", "add", interface, "type", "veth", "peer", "name", far)
        self.recorder.run("ip", "link", "set", far, "netns", str(place.pid))
        self.recorder.run("ip", "link", "set", interface, "up")
        place.run("ip", "link", "set", far, "up")
        return place.mac(far)

    def close(self):
        for process in reversed(self.running):
            process.kill()
            process.wait(PATIENCE_S)
            if process.stdout:
                process.stdout.close()


def until(seen, what):
    """Wait until something is seen; gives it."""
    end = time.monotonic() + PATIENCE_S
    while not (found := seen()):
        assert time.monotonic() < end, f"{what} was not seen"
        time.sleep(0.05)
    return found
