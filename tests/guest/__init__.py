"""A machine of its own to break: Debian in QEMU, with disks that can be pulled, throttled, damaged and cut off.

`Image` makes what boots, `Guest` runs it, `Shell` runs commands in it, `Disk` is a drive that is plugged in meanwhile,
`Qmp` speaks to QEMU. Everything that runs in the guest lies in `inside/`. How and why: docs/design/guest.md.
"""

from tests.guest.disk import Disk
from tests.guest.guest import Guest, GuestFailed
from tests.guest.image import Image
from tests.guest.qmp import Qmp, QmpError
from tests.guest.shell import Failed, Running, Shell

__all__ = ["Disk", "Failed", "Guest", "GuestFailed", "Image", "Qmp", "QmpError", "Running", "Shell"]
