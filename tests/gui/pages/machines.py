"""What a recorder with bays, arrays and disks tells, for the pages that show it."""

from recorder.client.answers import ArrayMember, ArrayStatus, BayStatus, Status
from recorder.client.status import DiskState, DiskStatus, MediaStatus, PoolState, PoolStatus

NOW_US = 1_790_000_000_000_000
TB = 10**12
FIRST = BayStatus(
    "1",
    occupied=True,
    place="disk1",
    disk="sda",
    model="WDC WD82PURX-64GVLY0",
    serial="WD-WCC4E1234567",
    capacity_bytes=8 * TB,
    verdict="good",
    words="It is well, 2.3 years in use.",
    temperature_c=38,
    power_on_h=20150,
    firmware="80.00A80",
    year_bytes=95 * TB,
    year_rating_bytes=180 * TB,
    self_test="passed",
    light=True,
)
WORN = BayStatus(
    "2",
    occupied=True,
    place="disk2",
    disk="sdb",
    model="ST4000VX007-2DT166",
    serial="ZDH1ABCD",
    capacity_bytes=4 * TB,
    verdict="replace",
    words="Replace it soon: 12 sectors cannot be read, 61 bad sectors were replaced.",
    temperature_c=51,
    power_on_h=52000,
    fault="Replace it soon: 12 sectors cannot be read, 61 bad sectors were replaced.",
    self_test="failed",
    light=True,
    located=True,
)
NEW = BayStatus(
    "3",
    occupied=True,
    disk="sdc",
    model="TOSHIBA HDWT380",
    serial="Y8NM0001FATG",
    capacity_bytes=8 * TB,
    verdict="good",
    words="It is well, new.",
    temperature_c=29,
    power_on_h=2,
    light=True,
)
EMPTY = BayStatus("4", occupied=False, light=True)
MIRROR = ArrayStatus(
    "md127",
    "video",
    "raid5",
    "rebuilding",
    16 * TB,
    3,
    (ArrayMember("5", "active"), ArrayMember("6", "active"), ArrayMember("7", "rebuilding")),
    34.2,
    120_000_000,
    place="video",
    uuid="5c3ccb0f-6b1c-4a10-9d3e-0123456789ab",
)
DISKS = (
    DiskStatus("disk1", "a" * 32, DiskState.WRITABLE, 1, "", 8 * TB, 3 * TB, NOW_US - 30 * 86400 * 10**6, 5_000_000,
               place="disk1"),
    DiskStatus("disk2", "b" * 32, DiskState.WRITABLE, 1, "", 4 * TB, 4 * TB, NOW_US - 60 * 86400 * 10**6, 1_200_000,
               place="disk2"),
    DiskStatus("video", "c" * 32, DiskState.WRITABLE, 1, "", 16 * TB, 6 * TB, NOW_US - 60 * 86400 * 10**6, 3_200_000,
               place="video"),
)  # fmt: skip
POOLS = (PoolStatus(1, "", PoolState.RECORDING, 12 * TB, 7 * TB, NOW_US - 60 * 86400 * 10**6, 6_200_000, 37.0),)


def status(*bays, arrays=(), disks=DISKS, media=True):
    told = MediaStatus(NOW_US, 1, disks=tuple(disks), pools=POOLS) if media else None
    return Status(
        "1", "Nightjar", NOW_US, "UTC", False, 1, 2, 2, media=told, bays=tuple(bays), arrays=tuple(arrays)
    )  # fmt: skip
