"""pymodbus' client of a serial line, which waits by the monotonic clock.

That of version 3.16.1 counts its wait in `time.time()` (`_wait_for_data` of `pymodbus/client/serial.py`): a clock set
back by an hour while a box is asked would hold the line for an hour, one set forward makes a box silent that answers.
The client of TCP waits by a single select(2), and the deadline of a transaction is monotonic in both.
"""

import time

from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ConnectionException


class SerialClient(ModbusSerialClient):
    """Waits as long as its `timeout` for the first byte, and at most so long again until the line rests."""

    def recv(self, size: int | None) -> bytes:
        """Give what came, at last nothing; `size` None: all until the line rests. Raises `ConnectionException`."""
        line = self.socket
        if line is None:
            raise ConnectionException(str(self))
        try:
            if size is not None:
                return bytes(line.read(size))
            found = bytes(line.read(1))  # pyserial waits by the monotonic clock
            end_s = time.monotonic() + self.comm_params.timeout_connect
            while found and time.monotonic() < end_s:
                time.sleep(self._recv_interval)
                if not (waiting := line.in_waiting):
                    break
                found += bytes(line.read(waiting))
        except (BlockingIOError, InterruptedError):
            raise
        except OSError:
            self.close()
            raise ConnectionException(str(self)) from None
        return found
