"""Drivers: `<kind>/<chip>.py` knows a chip and no board, and names its class `DRIVER`."""
