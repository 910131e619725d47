"""The rig itself: what the other tests here lean on."""

import pytest

from tests.guest import Failed

MB = 1 << 20


def test_a_command_gives_its_output_and_its_status(guest):
    assert guest.run("echo hello; echo there >&2") == "hello\nthere\n"
    assert guest.run("printf", "%s", "a b") == "a b"
    with pytest.raises(Failed, match="ended with 3\nbroken"):
        guest.run("echo broken; exit 3")


def test_commands_run_side_by_side_and_can_be_signalled(guest):
    slow = guest.shell.start("echo begun; sleep 600")
    slow.wait_for("begun")
    assert guest.run("echo meanwhile") == "meanwhile\n"
    slow.signal(9)
    assert slow.wait() == -9


def test_a_command_that_never_ends_fails_with_what_it_said(guest):
    hangs = guest.shell.start("echo so far; sleep 600")
    with pytest.raises(Failed, match="so far"):
        hangs.wait(5)
    hangs.signal(9)


def test_files_travel_both_ways_whatever_is_in_them(guest):
    data = bytes(range(256)) * 300 + b"~deadbeef {}\n\x03\x04\x11\x13"
    guest.shell.write("/tmp/there and back", data)
    assert guest.shell.read("/tmp/there and back") == data
    guest.shell.write("/tmp/empty", b"")
    assert guest.shell.read("/tmp/empty") == b""
    with pytest.raises(Failed, match="No such file"):
        guest.shell.read("/nowhere")


def test_much_output_comes_whole(guest):
    told = guest.run("seq 1 20000")
    assert told.split() == [str(n) for n in range(1, 20001)]


def test_noise_on_the_line_is_skipped(guest):
    # In a process of its own: a session's leader that opens a terminal takes it along when it ends.
    assert guest.run("(printf '~00000000 {}\\nnoise ~' > /dev/ttyS1); echo calm") == "calm\n"


def test_a_drive_keeps_what_is_on_it_when_it_is_pulled_and_put_back(guest, drives):
    drive = drives("keeps", 8 * MB)
    device = drive.plug()
    guest.run(f"echo still here | dd of={device} bs=512 conv=sync,fsync 2>/dev/null")
    assert guest.run(f"blockdev --getsize64 --getss --getpbsz {device}").split() == [str(8 * MB), "512", "4096"]
    drive.pull()
    guest.shell.poll("ls /sys/block", until=lambda told: device.removeprefix("/dev/") not in told.split())
    assert drive.path.read_bytes().startswith(b"still here\n")
    assert guest.run(f"head -c 10 {drive.plug()}") == "still here"


def test_a_throttled_drive_is_as_slow_as_it_is_told(guest, drives):
    drive = drives("slow", 8 * MB)
    device = drive.plug()
    drive.throttle(operations=20)
    read = f"for n in 1 2 3 4 5 6; do dd if={device} of=/dev/null bs=4096 count=20 iflag=direct 2>/dev/null; done"
    told = guest.run(f"awk '{{print $1}}' /proc/uptime; {read}; awk '{{print $1}}' /proc/uptime").split()
    # 120 reads at 20 a second; the first second's worth may go at once.
    assert float(told[1]) - float(told[0]) > 4
    drive.throttle()


def test_the_device_mapper_is_there(guest, drives):
    drive = drives("mapped", 8 * MB)
    device = drive.plug()
    for target in ("dm-flakey", "dm-delay", "dm-log-writes"):
        guest.run("modprobe", target)
    known = {line.split()[0] for line in guest.run("dmsetup targets").splitlines()}
    assert {"linear", "error", "flakey", "delay", "log-writes"} <= known
    table = f"0 8 linear {device} 0\n8 8 error\n16 16368 linear {device} 16"
    guest.run(f"printf '{table}\\n' | dmsetup create holed --noudevsync && dmsetup mknodes")
    assert "Input/output error" in guest.run(
        "dd if=/dev/mapper/holed bs=4096 skip=1 count=1 of=/dev/null 2>&1", check=False
    )
    guest.run("dd if=/dev/mapper/holed bs=4096 count=1 of=/dev/null 2>&1; dmsetup remove --noudevsync holed")
