"""What a serial port is used for."""
