"""The devices that drivers are tested with are there: each is loaded, and does what it is for, once."""

import pytest

MB = 1 << 20


@pytest.fixture
def loaded(guest):
    """Load a module, and take it out again after the test."""
    done = []

    def load(name, *options):
        guest.run("modprobe", name, *options)
        done.append(name)

    yield load
    for one in reversed(done):
        guest.run("modprobe", "-r", one, check=False)


def test_pins_are_set_and_read_through_a_chip_of_the_kernel(guest, loaded):
    loaded("gpio-sim")
    config, chip = "/sys/kernel/config/gpio-sim/board", ""
    guest.run("mountpoint -q /sys/kernel/config || mount -t configfs config /sys/kernel/config")
    guest.run(
        f"mkdir -p {config}/bank/line3 && echo 8 > {config}/bank/num_lines && echo alarm > {config}/bank/line3/name"
    )
    try:
        guest.run(f"echo 1 > {config}/live")
        device = guest.run(f"cat {config}/dev_name {config}/bank/chip_name").split()
        chip = f"/sys/devices/platform/{device[0]}/{device[1]}"
        assert guest.run("stat", "-c", "%F", f"/dev/{device[1]}").strip() == "character special file"
        guest.run(f"echo pull-up > {chip}/sim_gpio3/pull")
        assert guest.run(f"cat {chip}/sim_gpio3/value").strip() == "1"
    finally:
        guest.run(f"echo 0 > {config}/live; rmdir {config}/bank/line3 {config}/bank {config}")


def test_a_chip_on_a_bus_keeps_its_registers(guest, loaded):
    loaded("i2c-dev")
    loaded("i2c-stub", "chip_addr=0x48")
    bus = guest.run("grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name").split("/")[5]
    assert guest.run("stat", "-c", "%F", f"/dev/{bus}").strip() == "character special file"
    # I2C_SLAVE, then I2C_SMBUS to write and read a byte (linux/i2c-dev.h, linux/i2c.h).
    told = guest.run(
        "python3",
        "-c",
        f"""
import ctypes, fcntl, os, struct
bus = os.open("/dev/{bus}", os.O_RDWR)
fcntl.ioctl(bus, 0x0703, 0x48)
data = ctypes.create_string_buffer(34)
def smbus(read, register):
    fcntl.ioctl(bus, 0x0720, struct.pack("BBIP", read, register, 2, ctypes.addressof(data)))
data[0] = 77
smbus(0, 5)
data[0] = 0
smbus(1, 5)
print(data[0][0])
""",
    )
    assert told.strip() == "77"


def test_keys_that_a_program_presses_come_from_an_input_device(guest, loaded):
    loaded("uinput")
    loaded("evdev")
    # UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_CREATE (linux/uinput.h); a key pressed and released.
    told = guest.run(
        "python3",
        "-c",
        """
import fcntl, glob, os, struct, time
out = os.open("/dev/uinput", os.O_WRONLY)
before = set(glob.glob("/dev/input/event*"))
fcntl.ioctl(out, 0x40045564, 1)
fcntl.ioctl(out, 0x40045565, 28)
os.write(out, struct.pack("80sHHHHI", b"remote", 3, 1, 1, 1, 0) + bytes(64 * 4 * 4))
fcntl.ioctl(out, 0x5501)
while not (new := set(glob.glob("/dev/input/event*")) - before):
    time.sleep(0.1)
heard = os.open(new.pop(), os.O_RDONLY)
for value in (1, 0):
    os.write(out, struct.pack("qqHHi", 0, 0, 1, 28, value) + struct.pack("qqHHi", 0, 0, 0, 0, 0))
print([struct.unpack("qqHHi", os.read(heard, 24))[2:] for _n in range(4)])
""",
    )
    assert told.strip() == "[(1, 28, 1), (0, 0, 0), (1, 28, 0), (0, 0, 0)]"


def test_an_infrared_receiver_hears_what_is_sent(guest, loaded):
    loaded("rc-loopback")
    assert guest.run("cat /sys/class/rc/rc0/device/driver_name /sys/class/rc/rc0/uevent 2>/dev/null", check=False)
    assert guest.run("stat", "-c", "%F", "/dev/lirc0").strip() == "character special file"


def test_a_light_that_a_program_makes_is_switched_by_the_kernel(guest, loaded):
    loaded("uleds")
    # struct uleds_user_dev of linux/uleds.h: name, brightness of the brightest.
    told = guest.run(
        "python3",
        "-c",
        """
import os, struct
light = os.open("/dev/uleds", os.O_RDWR)
os.write(light, struct.pack("64si", b"nightjar:green:status", 255))
with open("/sys/class/leds/nightjar:green:status/brightness", "w") as file:
    file.write("200")
print(struct.unpack("i", os.read(light, 4))[0])
""",
    )
    assert told.strip() == "200"


def test_bytes_travel_over_a_serial_port(guest):
    port = guest.run("ls -d /sys/bus/pci/drivers/serial/0*/tty/ttyS*").split("/")[-1].strip()
    # Opened once: what arrives while nobody has it open is gone.
    script = f"exec 3<>/dev/{port}; stty 9600 raw -echo <&3; echo begun; head -c 3 <&3; printf xyz >&3"
    waits = guest.shell.start(script)
    waits.wait_for("begun")
    guest.serial.sendall(b"abc")
    waits.wait_for("abc")
    guest.serial.settimeout(60)
    heard = b""
    while len(heard) < 3:
        heard += guest.serial.recv(3)
    assert heard == b"xyz"
    assert waits.wait() == 0


def test_a_watchdog_that_nobody_feeds_acts(guest, loaded):
    loaded("i6300esb", "heartbeat=2")
    dog = guest.shell.start("exec 3> /dev/watchdog0; echo armed; sleep 600")
    dog.wait_for("armed")
    assert guest.qmp.event("WATCHDOG", 120)["data"]["action"] == "none"
    dog.signal(9)
    dog.wait()
    guest.run("printf V > /dev/watchdog0")


def test_a_drive_of_the_kernels_own_has_bad_sectors(guest, loaded):
    loaded("scsi_debug", "dev_size_mb=8", "medium_error_start=1000", "medium_error_count=8", "opts=2")
    found = guest.shell.poll("grep -l scsi_debug /sys/block/sd*/device/model", until=lambda told: "model" in told)
    device = f"/dev/{found.split('/')[3]}"
    read = f"dd if={device} of=/dev/null bs=512 count=8 iflag=direct"
    guest.run(f"{read} 2>&1")
    assert "error" in guest.run(f"{read} skip=1000 2>&1", check=False).lower()


def test_two_drives_are_one_array_and_one_may_go(guest, drives, loaded):
    loaded("raid1")
    one, two = drives("left", 16 * MB), drives("right", 16 * MB)
    names = f"{one.plug()} {two.plug()}"
    guest.run(f"mdadm --create /dev/md0 --run --metadata=1.2 --level=1 --raid-devices=2 --assume-clean {names} 2>&1")
    try:
        guest.run("echo kept | dd of=/dev/md0 bs=512 conv=sync oflag=direct 2>/dev/null")
        two.pull()
        told = "dd if=/dev/md0 bs=512 count=1 iflag=direct 2>/dev/null | head -c 4"
        assert guest.run(told) == "kept"
        guest.shell.poll("cat /proc/mdstat", until=lambda said: "(F)" in said or "[U_]" in said)
    finally:
        guest.run("mdadm --stop /dev/md0 2>&1", check=False)


def test_a_bond_of_two_ports_goes_on_over_the_other_when_a_cable_is_pulled(guest, loaded):
    loaded("virtio_net")
    loaded("bonding", "max_bonds=0")
    guest.run("ip link add bond0 type bond mode active-backup miimon 100")
    try:
        for port in ("eth0", "eth1"):
            guest.run(f"ip link set {port} down && ip link set {port} master bond0")
        guest.run("ip address add 10.0.2.15/24 dev bond0 && ip link set bond0 up")
        active = "cat /sys/class/net/bond0/bonding/active_slave"
        guest.shell.poll(active, until=lambda told: "eth0" in told)
        guest.cable(0, plugged=False)
        guest.shell.poll(active, until=lambda told: "eth1" in told)
    finally:
        guest.cable(0, plugged=True)
        guest.run("ip link del bond0")


def test_sectors_can_be_unreadable_until_they_are_written(guest, drives, loaded):
    loaded("dm-dust")
    device = drives("dusty", 8 * MB).plug()
    guest.run(f"echo '0 16384 dust {device} 0 4096' | dmsetup create dusty --noudevsync && dmsetup mknodes")
    try:
        guest.run("dmsetup message dusty 0 addbadblock 5 && dmsetup message dusty 0 enable")
        page = "bs=4096 count=1 2>&1"
        assert "Input/output error" in guest.run(
            f"dd if=/dev/mapper/dusty of=/dev/null skip=5 iflag=direct {page}", check=False
        )
        guest.run(f"dd if=/dev/zero of=/dev/mapper/dusty seek=5 oflag=direct {page}")
        guest.run(f"dd if=/dev/mapper/dusty of=/dev/null skip=5 iflag=direct {page}")
    finally:
        guest.run("dmsetup remove --noudevsync dusty")
