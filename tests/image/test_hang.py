"""A machine whose first process stands still is started anew by its hardware."""

from tests.image.machine import PATIENCE_S

SHORT_US = 10_000_000


def test_a_machine_that_hangs_is_reset_by_the_watchdog(recorder):
    recorder.shell.poll(
        "systemctl is-system-running", until=lambda told: told.strip() in {"running", "degraded"}, timeout_s=PATIENCE_S
    )
    # As it runs it is a minute, which is worth no waiting here.
    manager = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
    recorder.run("busctl", "set-property", *manager, "RuntimeWatchdogUSec", "t", str(SHORT_US))
    recorder.run("echo 1 > /sys/fs/cgroup/init.scope/cgroup.freeze")
    assert recorder.qmp.event("WATCHDOG", PATIENCE_S)["data"]["action"] == "reset"
    recorder.qmp.event("RESET", PATIENCE_S)
