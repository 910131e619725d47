"""The guest as an appliance: the users, udev rules and daemons of the product, each with the rights it has there."""

import json
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hal.admin.audit import OTHERS
from tests.guest.disk import Disk
from tests.guest.guest import Guest
from tests.guest.shell import Failed, Running

RUN = "/run/nightjar"
HAL, ADMIN = f"{RUN}/hal.sock", f"{RUN}/hal-admin.sock"
DATA = "/data"
STICKS = f"{RUN}/sticks"
AUDIT = "/tmp/audit/admin.jsonl"
ROOTFS = "/nightjar/rootfs"
Seen = TypeVar("Seen")


class Appliance:
    """What runs beside the kernel. `board` and `daemons` may be called anew by each test; `clear` ends it all."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self._running: list[Running] = []
        self._users: dict[Running, str] = {}
        self._clients: dict[str, Running] = {}

    def begin(self) -> None:
        """Make the users of the product, load its udev rules and start udev."""
        self.guest.run(
            f"systemd-sysusers {ROOTFS}/usr/lib/sysusers.d/nightjar.conf"
            f" && mkdir -p {RUN} /etc/udev/rules.d && cp {ROOTFS}/usr/lib/udev/rules.d/*.rules /etc/udev/rules.d/"
            f" && chgrp nightjar {RUN} && chmod 2775 {RUN}"
        )
        self.guest.run("/lib/systemd/systemd-udevd --daemon && udevadm trigger && udevadm settle --timeout=120")

    def settle(self) -> None:
        """Wait until udev has seen all that came."""
        self.guest.run("udevadm settle --timeout=120")

    def end(self) -> None:
        """End udev: the tests of others do without, and mdadm names no array while it takes this folder for udev."""
        self.clear()
        self.stop(self._clients.values())
        self.guest.run("udevadm control --exit; rm -rf /etc/udev/rules.d/7?-nightjar-*.rules /run/udev", check=False)

    def board(self, *devices: dict[str, Any]) -> None:
        """Describe the board that hal is started for: tables of `[[device]]`."""
        lines = ['id = "guest"', 'title = "Guest"']
        for one in devices:
            lines += ["", "[[device]]", *(f"{name} = {json.dumps(value)}" for name, value in one.items())]
        self.guest.run("mkdir -p /tmp/boards/guest")
        self.guest.shell.write("/tmp/boards/guest/board.toml", "\n".join(lines).encode() + b"\n")

    def as_user(self, user: str, module: str, *words: str, group: str = "nightjar", **environment: str) -> Running:
        """Start one of our modules as a user of the product, without any capability."""
        running = self.guest.shell.start_as(user, group, "python3", "-m", module, *words, **environment)
        self._running.append(running)
        self._users[running] = user
        return running

    def hal(self) -> Running:
        """Start hal as its user."""
        words = ("--socket", HAL, "--boards", "/tmp/boards", "--board", "guest")
        started = self.as_user("nightjar-hal", "hal", *words)
        started.wait_for("ready\n")
        return started

    def admin(self) -> Running:
        """Start hal-admin as root, in the group that reaches its socket."""
        self.guest.run(f"chattr -a {AUDIT}*; rm -f {AUDIT}*", check=False)
        words = ("--socket", ADMIN, "--audit", AUDIT, "--places", f"{DATA}/disks", "--owner", "nightjar-media")
        started = self.guest.shell.start_as("", "nightjar", "python3", "-m", "hal.admin", *words)
        self._running.append(started)
        self._users[started] = "root"
        started.wait_for("ready\n")
        return started

    def ask(self, user: str, noun: str, verb: str, timeout_s: float = 180, **args: Any) -> dict[str, Any]:
        """Ask hal-admin as a user; gives `result` or the words of `error`, and the `progress` that was told."""
        return self.client(user, "admin", noun, verb, timeout_s=timeout_s, **args)

    def call(self, user: str, kind: str, name: str, verb: str, **args: Any) -> dict[str, Any]:
        """Ask a device of hal as a user."""
        return self.client(user, "call", kind, name, verb, **args)

    def devices(self) -> dict[tuple[str, str], dict[str, Any]]:
        """How the devices of hal are, by kind and name."""
        found = self.client("nightjar-control", "devices")["result"]
        return {(one["kind"], one["name"]): one for one in found}

    def device(self, kind: str, name: str) -> dict[str, Any]:
        """How one device is."""
        return self.devices()[kind, name]

    def start_client(self, user: str, *words: str, **args: Any) -> Running:
        """Start the client in the guest as a user of the product."""
        return self.as_user(user, "tests.guest.inside.client", *words, json.dumps(args))

    def client(self, user: str, *words: str, timeout_s: float = 180, **args: Any) -> dict[str, Any]:
        """Have the client of a user ask; gives the answer."""
        client = self._clients.get(user)
        if client is None or client.status is not None:
            command = ("python3", "-m", "tests.guest.inside.client")
            client = self._clients[user] = self.guest.shell.start_as(user, "nightjar", *command, talks=True)
        before = len(client.output)

        def answers() -> list[str]:
            whole, _, _ = client.output[before:].rpartition("\n")
            return [line for line in whole.splitlines() if line.startswith("{")]

        client.say(json.dumps([*words, args]))
        client.until(answers, timeout_s, f"an answer to {words}")
        return json.loads(answers()[0])

    def control(self) -> Running:
        """Start what control does of the bays, as its user."""
        return self.as_user("nightjar-control", "tests.guest.inside.control", DATA)

    def busy(self, bays: str) -> None:
        """Have control take these bays for those that a job works in."""
        self.guest.shell.write("/tmp/busy", bays.encode())

    def know(self, place: str) -> None:
        """Have media say that what is at a place is a disk of ours."""
        found = json.loads(self.guest.run(f"cat {DATA}/disks/{place}/disk.json"))["id"]
        self.guest.shell.write("/tmp/known", f"{place} {found}\n".encode())

    def path_of(self, drive: Disk) -> str:
        """Plug a drive in and give what udev itself calls its connector."""
        device = drive.device or drive.plug()
        self.settle()
        return self.path(device)

    def path(self, device: str) -> str:
        """Give what udev calls the connector of a drive."""
        told = self.guest.run("udevadm", "info", "--query=property", "--property=ID_PATH", "--value", device)
        return told.strip()

    def await_bay(self, name: str, *, occupied: bool) -> None:
        """Wait until hal says that a disk is in a bay, or none."""
        self.poll(lambda: self.device("bay", name), lambda one: one["online"] and one["occupied"] is occupied)

    def poll(self, look: Callable[[], Seen], pleases: Callable[[Seen], Any], timeout_s: float = 180) -> Seen:
        """Look again and again until what is seen pleases; gives that."""
        end = time.monotonic() + timeout_s
        while not pleases(seen := look()):
            if time.monotonic() > end:
                raise Failed(f"not seen within {timeout_s:.0f} s; last: {seen}")
            time.sleep(0.3)
        return seen

    def said(self, user: str) -> str:
        """All that the daemon of a user said."""
        return "".join(one.output for one in self._running if self._users.get(one) == user)

    def has_audit(self) -> bool:
        """Whether anything stands in the audit."""
        return self.guest.run(f"test -s {AUDIT} -o -s {AUDIT}{OTHERS} && echo yes", check=False) != ""

    def audit(self) -> list[dict[str, Any]]:
        """What hal-admin wrote down, of owners and of others, as it came."""
        both = self.guest.shell.read(AUDIT) + self.guest.shell.read(f"{AUDIT}{OTHERS}")
        return sorted((json.loads(line) for line in both.splitlines()), key=lambda one: one["time_us"])

    def kill(self, module: str) -> None:
        """Kill a daemon, as the kernel does when memory is out."""
        for one in [one for one in self._running if f"-m {module} " in one.words]:
            one.signal(signal.SIGKILL)
            one.wait()
            self._running.remove(one)

    def clear(self) -> None:
        """End all daemons and take the recorder's mounts away."""
        self.stop(reversed(self._running))
        self._running.clear()
        self._users.clear()
        words = f"umount -lq {DATA}/disks/* {STICKS}/*; rm -rf {DATA} {STICKS} /tmp/busy /tmp/known /tmp/used"
        self.guest.run(f"{words}; mkdir -p {DATA}/disks", check=False)

    @staticmethod
    def stop(running: Iterable[Running]) -> None:
        """End processes in good order."""
        for one in running:
            if one.status is None:
                one.signal(signal.SIGTERM)
                one.wait()
